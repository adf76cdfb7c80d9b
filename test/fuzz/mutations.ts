import type { Original } from "./originals.ts";

/** Numbers in [0, 1). */
export type Random = () => number;

export interface Mutant {
  readonly name: string;
  readonly bytes: Buffer;
}

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBits,
  flipHeaderBits,
  truncate,
  zeroFill,
  swapBlocks,
  dropBlock,
  repeatBlock,
  changeSizeField,
  changeElementSize,
  noise,
  splice,
};
/** Where headers and indexes lie. */
const EDGE_BYTES = 4096;
/** What overflows, wraps, or is one too much. */
const EXTREMES = [0, 1, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
/** EBML IDs in Matroska: Segment, Cluster, SimpleBlock, Tracks, TrackEntry, Cues, Info, CodecPrivate, Duration. */
const ELEMENTS = ["18538067", "1f43b675", "a3", "1654ae6b", "ae", "1c53bb6b", "1549a966", "63a2", "4489"];

/** A damaged file, by one to three mutations of one original: the same for a seed at every run. */
export function mutate(originals: readonly Original[], random: Random): Mutant {
  const { extension, bytes } = pick(originals, random);
  const other = pick(originals, random).bytes;
  const names = Object.keys(MUTATIONS);
  let mutated: Buffer = Buffer.from(bytes);
  const applied: string[] = [];
  for (let left = 1 + below(3, random); left > 0 && mutated.length > 0; left--) {
    const name = pick(names, random);
    mutated = MUTATIONS[name]!(mutated, random, other);
    applied.push(name);
  }
  return { name: `${applied.join("+")}.${extension}`, bytes: mutated };
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[below(from.length, random)]!;
}

/** A place and a length in the file; short ones are likelier. */
function block(bytes: Buffer, random: Random): [start: number, end: number] {
  const start = below(bytes.length, random);
  return [start, Math.min(bytes.length, start + 1 + Math.floor(random() ** 3 * bytes.length))];
}

/** In the first or the last few kilobytes. */
function edge(bytes: Buffer, random: Random): number {
  const at = below(Math.min(EDGE_BYTES, bytes.length), random);
  return random() < 0.7 ? at : bytes.length - 1 - at;
}

function flip(bytes: Buffer, at: number, random: Random): void {
  bytes[at] = bytes[at]! ^ (1 << below(8, random));
}

function flipBits(bytes: Buffer, random: Random): Buffer {
  for (let flips = 1 + below(64, random); flips > 0; flips--)
    flip(bytes, below(bytes.length, random), random);
  return bytes;
}

function flipHeaderBits(bytes: Buffer, random: Random): Buffer {
  for (let flips = 1 + below(16, random); flips > 0; flips--) flip(bytes, edge(bytes, random), random);
  return bytes;
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, 1 + below(bytes.length, random));
}

function zeroFill(bytes: Buffer, random: Random): Buffer {
  return bytes.fill(0, ...block(bytes, random));
}

function swapBlocks(bytes: Buffer, random: Random): Buffer {
  const [a, b] = [below(bytes.length, random), below(bytes.length, random)].sort((x, y) => x - y) as [
    number,
    number,
  ];
  const length = below(Math.min(b - a, bytes.length - b) + 1, random);
  const first = Buffer.from(bytes.subarray(a, a + length));
  bytes.copy(bytes, a, b, b + length);
  first.copy(bytes, b);
  return bytes;
}

function dropBlock(bytes: Buffer, random: Random): Buffer {
  const [start, end] = block(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function repeatBlock(bytes: Buffer, random: Random): Buffer {
  const [start, end] = block(bytes, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
}

/** The 32 bits before (MP4) or after (RIFF) something that looks like a four-character code. */
function changeSizeField(bytes: Buffer, random: Random): Buffer {
  const codes = [...bytes.toString("latin1").matchAll(/[a-zA-Z]{3}[a-zA-Z0-9 ]/g)].map(({ index }) => index);
  if (codes.length === 0) return flipHeaderBits(bytes, random);
  const at = pick(codes, random) + pick([-4, 4, 8, 12], random);
  if (at < 0 || at + 4 > bytes.length) return bytes;
  if (random() < 0.5) bytes.writeUInt32BE(pick(EXTREMES, random), at);
  else bytes.writeUInt32LE(pick(EXTREMES, random), at);
  return bytes;
}

/** The size that follows an element's ID in Matroska and WebM; elsewhere a random field. */
function changeElementSize(bytes: Buffer, random: Random): Buffer {
  const id = Buffer.from(pick(ELEMENTS, random), "hex");
  const at = bytes.indexOf(id, below(bytes.length, random));
  const size = at < 0 ? edge(bytes, random) : at + id.length;
  for (let byte = size; byte < Math.min(size + 1 + below(8, random), bytes.length); byte++) {
    bytes[byte] = pick([0, 1, 0x7f, 0x80, 0xff, below(256, random)], random);
  }
  return bytes;
}

function noise(bytes: Buffer, random: Random): Buffer {
  const [start, end] = block(bytes, random);
  for (let at = start; at < Math.min(end, start + 512); at++) bytes[at] = below(256, random);
  return bytes;
}

/** The beginning of one file, the rest of another of any container. */
function splice(bytes: Buffer, random: Random, other: Buffer): Buffer {
  return Buffer.concat([
    bytes.subarray(0, below(bytes.length, random)),
    other.subarray(below(other.length, random)),
  ]);
}
