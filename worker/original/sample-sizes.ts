import { childBox, readBoxes } from "../fragment/boxes.ts";
import type { RangeFile } from "./range-file.ts";

/** A film of a day has an index of some 30 MB. */
const MOST_INDEX_BYTES = 128 * 2 ** 20;
/** At the top of a file there are a few boxes; one in fragments has thousands, and another kind of index. */
const MOST_TOP_BOXES = 64;
const HEADER_BYTES = 16;

/**
 * Bytes of a track before each of its samples, from an MP4's index (ISO/IEC 14496-12 8.7.3), and of all of them at
 * the end; undefined where the file is in fragments.
 */
export async function bytesBeforeSamples(
  file: RangeFile,
  trackId: number,
): Promise<Float64Array | undefined> {
  const moov = await readMoov(file);
  if (!moov) return undefined;
  const track = readBoxes(moov)
    .filter(({ type }) => type === "trak")
    .map(({ body }) => readBoxes(body))
    .find((parts) => trackIdOf(childBox(parts, "tkhd").body) === trackId);
  if (!track) return undefined;
  const media = readBoxes(childBox(track, "mdia").body);
  const table = readBoxes(childBox(readBoxes(childBox(media, "minf").body), "stbl").body);
  const sizes = table.find(({ type }) => type === "stsz")?.body;
  return sizes && addUp(sizes);
}

function addUp(sizes: Buffer): Float64Array | undefined {
  const same = sizes.readUInt32BE(4);
  const count = sizes.readUInt32BE(8);
  if (count === 0 || (same === 0 && 12 + 4 * count > sizes.length)) return undefined;
  const before = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) before[k + 1] = before[k]! + (same || sizes.readUInt32BE(12 + 4 * k));
  return before;
}

async function readMoov(file: RangeFile): Promise<Buffer | undefined> {
  let at = 0;
  for (let count = 0; count < MOST_TOP_BOXES && at + 8 <= file.size; count++) {
    const head = Buffer.from(await file.read(at, Math.min(at + HEADER_BYTES, file.size)));
    const short = head.readUInt32BE(0);
    const isLong = short === 1 && head.length === HEADER_BYTES;
    const size = isLong ? Number(head.readBigUInt64BE(8)) : short === 0 ? file.size - at : short;
    if (size < 8) return undefined;
    const end = Math.min(at + size, file.size);
    if (head.toString("latin1", 4, 8) === "moov")
      return size > MOST_INDEX_BYTES ? undefined : Buffer.from(await file.read(at + (isLong ? 16 : 8), end));
    at += size;
  }
  return undefined;
}

function trackIdOf(tkhd: Buffer): number {
  return tkhd.readUInt32BE(tkhd.readUInt8(0) === 1 ? 20 : 12);
}
