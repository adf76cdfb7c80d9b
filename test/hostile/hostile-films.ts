import { type Box, readBoxes, viewOf } from "../../check/media/iso-bmff.ts";

/**
 * A film whose samples lie in another file: its data reference (ISO/IEC 14496-12 8.7.2) is no longer "in this
 * file" but QuickTime's alias of a path, or a URL.
 */
export function withExternalData(film: Buffer, path: string, kind: "alis" | "url "): Buffer {
  const entry = kind === "alis" ? aliasEntry(path) : urlEntry(`file://${path}`);
  const dref = box("dref", Buffer.concat([u32(0), u32(1), entry]));
  const boxes = readBoxes(film).map((top) => {
    if (top.type === "moov") return replace(top, dref);
    // The samples are in the other file alone.
    return top.type === "mdat" ? box("mdat", Buffer.alloc(top.body.length)) : whole(film, top);
  });
  return Buffer.concat(boxes);
}

/** The containers on the way to the data references of all tracks. */
const PATH = new Set(["moov", "trak", "mdia", "minf", "dinf"]);

function replace(parent: Box, dref: Buffer): Buffer {
  const body = Buffer.from(parent.body);
  const children = readBoxes(body).map((child) => {
    if (child.type === "dref") return dref;
    return PATH.has(child.type) ? replace(child, dref) : whole(body, child);
  });
  return box(parent.type, Buffer.concat(children));
}

function whole(bytes: Buffer, { start, size }: Box): Buffer {
  return bytes.subarray(start, start + size);
}

function urlEntry(url: string): Buffer {
  return box("url ", Buffer.concat([u32(0), Buffer.from(`${url}\0`)]));
}

/** As much of a Macintosh alias record as FFmpeg reads: no volume, a file name, and a path between colons. */
function aliasEntry(path: string): Buffer {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const fixed = Buffer.alloc(150);
  fixed[50] = name.length;
  fixed.write(name, 51);
  return box("alis", Buffer.concat([u32(0), fixed, tag(2, path.replaceAll("/", ":")), tag(0xffff, "")]));
}

function tag(type: number, text: string): Buffer {
  const padded = Buffer.alloc(text.length + (text.length % 2));
  padded.write(text);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(text.length, 2);
  return Buffer.concat([head, padded]);
}

/** An AVI whose subtitle stream (GAB2) is a playlist. */
export function withSubtitleInAvi(avi: Buffer, subtitle: string): Buffer {
  const text = Buffer.from(subtitle);
  const gab2 = Buffer.concat([Buffer.from("GAB2\0"), le(2, 2), le(0, 4), le(4, 2), le(text.length, 4), text]);
  const strh = Buffer.alloc(56);
  strh.write("txts", 0);
  strh.writeUInt32LE(1, 20);
  strh.writeUInt32LE(1, 24);
  strh.writeUInt32LE(1, 32);
  const strl = list("strl", Buffer.concat([chunk("strh", strh), chunk("strf", Buffer.alloc(0))]));
  const [hdrl, rest] = splitRiff(avi);
  const avih = Buffer.from(hdrl);
  const count = avih.indexOf("avih") + 8 + 24;
  const streams = avih.readUInt32LE(count);
  avih.writeUInt32LE(streams + 1, count);
  const movi = rest.indexOf("movi");
  const subtitleChunk = chunk(`${String(streams).padStart(2, "0")}tx`, gab2);
  const body = Buffer.concat([
    list("hdrl", Buffer.concat([avih, strl])),
    list("movi", Buffer.concat([subtitleChunk, rest.subarray(movi + 4)])),
  ]);
  return Buffer.concat([Buffer.from("RIFF"), le(body.length + 4, 4), Buffer.from("AVI "), body]);
}

/** What stands in the header list, and all that follows it. */
function splitRiff(avi: Buffer): [Buffer, Buffer] {
  const size = avi.readUInt32LE(16);
  return [avi.subarray(24, 20 + size), avi.subarray(20 + size)];
}

function list(type: string, body: Buffer): Buffer {
  return chunk("LIST", Buffer.concat([Buffer.from(type), body]));
}

function chunk(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), le(body.length, 4), body, Buffer.alloc(body.length % 2)]);
}

function le(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

function box(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  viewOf(buffer).setUint32(0, value);
  return buffer;
}
