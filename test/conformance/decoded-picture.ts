import { requireBox, viewOf } from "../support/iso-bmff.ts";
import { runProgram } from "../support/run-program.ts";

/** What a decoder finds out about the first video track of a stream. */
export interface DecodedPicture {
  readonly profile: string;
  readonly width: number;
  readonly height: number;
  /** `1:1`: width to height of one pixel. */
  readonly pixels: string;
  readonly format: string;
  /** Frames that decoded. */
  readonly frames: number;
  /** What the decoder complained about: nothing, if all is well. */
  readonly complaints: string;
}

/** Decodes a stream, which any damage is to spoil. */
export async function decodePicture(stream: Uint8Array): Promise<DecodedPicture> {
  const entries = "stream=profile,width,height,sample_aspect_ratio,pix_fmt,nb_read_frames";
  const args = ["-v", "warning", "-err_detect", "explode", "-count_frames", "-select_streams", "v:0"];
  const output = ["-show_entries", entries, "-of", "json", "-i", "pipe:0"];
  const { stdout, stderr } = await runProgram("ffprobe", [...args, ...output], stream);
  const [track] = JSON.parse(stdout.toString()).streams;
  return {
    profile: track.profile,
    width: track.width,
    height: track.height,
    pixels: track.sample_aspect_ratio,
    format: track.pix_fmt,
    frames: Number(track.nb_read_frames),
    complaints: stderr,
  };
}

/** RFC 6381 codec string of an init segment's AVC track, from the bytes of its avcC (ISO/IEC 14496-15 5.3.3.1). */
export function avcCodecString(init: Uint8Array): string {
  const stsd = requireBox(init, "moov", "trak", "mdia", "minf", "stbl", "stsd");
  // A full box with an entry count, the entry's own header, and the 78 bytes of a visual sample entry.
  const avcC = requireBox(stsd.subarray(8 + 8 + 78), "avcC");
  const digits = [avcC[1]!, avcC[2]!, avcC[3]!].map((byte) => byte.toString(16).padStart(2, "0"));
  return `avc1.${digits.join("").toUpperCase()}`;
}

/** RFC 6381 codec string of an init segment's AAC track, from its esds (ISO/IEC 14496-1 7.2.6, 14496-3 1.6.2.1). */
export function aacCodecString(init: Uint8Array): string {
  const stsd = requireBox(init, "moov", "trak", "mdia", "minf", "stbl", "stsd");
  // As above, with the 28 bytes of an audio sample entry.
  const esds = requireBox(stsd.subarray(8 + 8 + 28), "esds");
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
