import type { PictureSize } from "../../shared/media/picture-size.ts";
import { childBox, readBoxes } from "../fragment/boxes.ts";

/** Size of the boxes of a sample entry before its children (ISO/IEC 14496-12 12.1.3). */
const VISUAL_SAMPLE_ENTRY = 78;
const ITEM = 1;

/**
 * An AVIF file (AV1 Image File Format 1.1) of the one frame of a fragmented MP4. FFmpeg's own muxer needs a file
 * that it can go back in, and what it makes goes through pipes.
 * @throws BoxError where that is no MP4.
 */
export function avifFile(mp4: Buffer, { width, height }: PictureSize): Buffer {
  const boxes = readBoxes(mp4);
  const frame = childBox(boxes, "mdat").body;
  const fileType = box("ftyp", Buffer.from("avif\0\0\0\0avifmif1miaf", "latin1"));
  const meta = (offset: number) =>
    fullBox(
      "meta",
      fullBox("hdlr", Buffer.concat([u32(0), Buffer.from("pict"), Buffer.alloc(13)])),
      fullBox("pitm", u16(ITEM)),
      // One extent, its offset and length four bytes each, counted from the file's start.
      fullBox("iloc", u16(0x4400), u16(1), u16(ITEM), u16(0), u16(1), u32(offset), u32(frame.length)),
      fullBox("iinf", u16(1), fullBox(["infe", 2], u16(ITEM), u16(0), Buffer.from("av01\0"))),
      box("iprp", properties(configuration(boxes), width, height), association()),
    );
  const offset = fileType.length + meta(0).length + 8;
  return Buffer.concat([fileType, meta(offset), box("mdat", frame)]);
}

/** The `av1C` box of the track's sample entry. */
function configuration(boxes: ReturnType<typeof readBoxes>): Buffer {
  const path = ["trak", "mdia", "minf", "stbl", "stsd"];
  const table = path.reduce(
    (parent, type) => childBox(readBoxes(parent.body), type),
    childBox(boxes, "moov"),
  );
  const entry = childBox(readBoxes(table.body.subarray(8)), "av01");
  return childBox(readBoxes(entry.body.subarray(VISUAL_SAMPLE_ENTRY)), "av1C").bytes;
}

function properties(av1C: Buffer, width: number, height: number): Buffer {
  // Primaries and transfer of sRGB, matrix of BT.601, limited range (ITU-T H.273).
  const colour = Buffer.concat([Buffer.from("nclx"), u16(1), u16(13), u16(6), Buffer.from([0])]);
  return box(
    "ipco",
    fullBox("ispe", u32(width), u32(height)),
    fullBox("pixi", Buffer.from([3, 8, 8, 8])),
    av1C,
    box("colr", colour),
  );
}

/** All four belong to the item; without the third it can't be read. */
function association(): Buffer {
  return fullBox("ipma", u32(1), u16(ITEM), Buffer.from([4, 1, 2, 0x83, 4]));
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([...parts]);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

function fullBox(
  type: string | readonly [type: string, version: number],
  ...parts: readonly Buffer[]
): Buffer {
  const [name, version] = typeof type === "string" ? [type, 0] : type;
  return box(name, Buffer.from([version, 0, 0, 0]), ...parts);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
