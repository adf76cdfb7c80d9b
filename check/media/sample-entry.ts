import { readBoxes, requireBox, viewOf } from "./iso-bmff.ts";

/** What the first sample entry of a track says (ISO/IEC 14496-12 8.5.2). */
export interface SampleEntry {
  /** As in CODECS (RFC 6381), as far as it is known how; else the entry's four characters. */
  readonly codec: string;
  /** Of a picture, as it is stored. */
  readonly width?: number;
  readonly height?: number;
}

/** Fields before the boxes of an entry: of a picture, and of sound. */
const VISUAL_FIELDS = 78;
const AUDIO_FIELDS = 28;

/** @param stsd body of the sample description box. */
export function readSampleEntry(stsd: Uint8Array, handler: string): SampleEntry {
  // A full box with an entry count before the entries.
  const [entry] = readBoxes(stsd.subarray(8));
  if (!entry) return { codec: "" };
  const { type, body } = entry;
  if (handler === "vide") {
    const view = viewOf(body);
    return {
      codec: pictureCodec(type, body.subarray(VISUAL_FIELDS)),
      ...{ width: view.getUint16(24), height: view.getUint16(26) },
    };
  }
  return { codec: type === "mp4a" ? aacCodec(body.subarray(AUDIO_FIELDS)) : type };
}

/** RFC 6381 codec string of an init segment's AVC track, from the bytes of its avcC. */
export function avcCodecString(init: Uint8Array): string {
  return readSampleEntry(firstDescription(init), "vide").codec;
}

/** RFC 6381 codec string of an init segment's AAC track, from its esds. */
export function aacCodecString(init: Uint8Array): string {
  return readSampleEntry(firstDescription(init), "soun").codec;
}

function firstDescription(init: Uint8Array): Uint8Array {
  return requireBox(init, "moov", "trak", "mdia", "minf", "stbl", "stsd");
}

function pictureCodec(type: string, boxes: Uint8Array): string {
  if (type === "avc1" || type === "avc3") return `${type}.${hex(requireBox(boxes, "avcC").subarray(1, 4))}`;
  if (type === "hvc1" || type === "hev1") return hevcCodec(type, requireBox(boxes, "hvcC"));
  return type;
}

/** ISO/IEC 14496-15 E.3: profile, compatibility, tier and level; constraints are left out. */
function hevcCodec(type: string, hvcC: Uint8Array): string {
  const profile = hvcC[1]!;
  const space = ["", "A", "B", "C"][profile >> 6];
  const tier = profile & 0x20 ? "H" : "L";
  // Compatibility flags are written with their bits in reverse.
  const flags = viewOf(hvcC).getUint32(2);
  const reversed = Number.parseInt(flags.toString(2).padStart(32, "0").split("").reverse().join(""), 2);
  return `${type}.${space}${profile & 0x1f}.${reversed.toString(16).toUpperCase()}.${tier}${hvcC[12]}`;
}

/** ISO/IEC 14496-1 7.2.6, 14496-3 1.6.2.1. */
function aacCodec(boxes: Uint8Array): string {
  const esds = requireBox(boxes, "esds");
  const decoder = readDescriptor(esds.subarray(4), [0x03, 3], [0x04, 13]);
  const specific = readDescriptor(decoder.body, [0x05, 0]);
  return `mp4a.${decoder.head[0]!.toString(16)}.${specific.body[0]! >> 3}`;
}

/** Follows descriptors into each other: tag, and how many bytes lie before the next one. */
function readDescriptor(bytes: Uint8Array, ...path: readonly (readonly [number, number])[]) {
  let body = bytes;
  let head = bytes;
  for (const [tag, skipped] of path) {
    if (body[0] !== tag) throw new Error(`descriptor ${body[0]} where ${tag} should be`);
    let at = 1;
    while (viewOf(body).getUint8(at++) & 0x80);
    head = body.subarray(at);
    body = body.subarray(at + skipped);
  }
  return { head, body };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
}
