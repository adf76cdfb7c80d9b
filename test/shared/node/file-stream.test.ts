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

/** Pieces of a range, taken by a reader to whom each but the first costs so much time. */
async function read(range: { start: number; end: number }, msPerPiece: number): Promise<Uint8Array[]> {
  vi.useFakeTimers({ toFake: ["performance"] });
  const pieces: Uint8Array[] = [];
  for await (const piece of fileStream(await open(join(folder, "file")), range)) {
    pieces.push(piece);
    vi.advanceTimersByTime(msPerPiece);
  }
  return pieces;
}

it.each([
  ["at once", 0, [256, 512, 1024]],
  ["slowly", 50, [256, 256, 256]],
])(
  "whoever takes a piece %s is given pieces of a size that suits them, and all bytes",
  async (_, ms, sizes) => {
    const pieces = await read({ start: 0, end: BYTES.length }, ms);
    expect(pieces.slice(0, 3).map(({ length }) => length / KIB)).toEqual(sizes);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(KIB * KIB);
    expect(Buffer.concat(pieces).equals(BYTES)).toBe(true);
  },
);

it.each([
  [0, 1],
  [256 * KIB - 1, 256 * KIB + 1],
  [1000, 1000 + 768 * KIB],
  [BYTES.length - 1, BYTES.length],
])("bytes from %i to %i are those of the file", async (start, end) => {
  const pieces = await read({ start, end }, 0);
  expect(Buffer.concat(pieces).equals(BYTES.subarray(start, end))).toBe(true);
});
