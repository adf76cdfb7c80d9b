import { randomBytes } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { fileStream } from "../../../shared/node/file-stream.ts";

const KIB = 1024;
const BYTES = randomBytes(3000 * KIB + 1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-stream-"));
  await writeFile(join(folder, "file"), BYTES);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.useRealTimers();
});

/** What comes of a range, to a reader to whom each piece costs so much time. @returns sizes in KiB, too. */
async function read(range: { start: number; end: number }, msPerPiece: number) {
  vi.useFakeTimers({ toFake: ["performance"] });
  const handle = await open(join(folder, "file"));
  const reads = vi.spyOn(handle, "read");
  const pieces: Uint8Array[] = [];
  for await (const piece of fileStream(handle, range)) {
    pieces.push(piece);
    vi.advanceTimersByTime(msPerPiece);
  }
  return {
    bytes: Buffer.concat(pieces),
    pieces: pieces.map(({ length }) => length / KIB),
    reads: reads.mock.calls.map((args: readonly unknown[]) => Number(args[2]) / KIB),
  };
}

it.each([
  ["takes pieces at once", 0, [256, 512, 1024, 1024]],
  ["takes its time", 50, [256, 256, 256, 256]],
])("for whoever %s so much is read at a time, and given in pieces of 256 KiB", async (_, ms, sizes) => {
  const { bytes, pieces, reads } = await read({ start: 0, end: BYTES.length }, ms);
  expect(reads.slice(0, 4)).toEqual(sizes);
  expect(pieces.slice(0, -1).every((size) => size === 256)).toBe(true);
  expect(bytes.equals(BYTES)).toBe(true);
});

it.each([
  [0, 1],
  [256 * KIB - 1, 256 * KIB + 1],
  [1000, 1000 + 768 * KIB],
  [BYTES.length - 1, BYTES.length],
])("bytes from %i to %i are those of the file", async (start, end) => {
  const { bytes } = await read({ start, end }, 0);
  expect(bytes.equals(BYTES.subarray(start, end))).toBe(true);
});
