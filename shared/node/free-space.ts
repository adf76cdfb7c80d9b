import { statfs } from "node:fs/promises";

/** The file system that storage lies on, in bytes. */
export interface FreeSpace {
  /** What this process may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** To be left free where nobody says otherwise: less on a small file system. */
const DEFAULT_MIN_FREE = { bytes: 2 ** 30, part: 20 };
/** Made free after a write that failed, whatever the settings say: enough for some segments. */
const LEAST_ROOM = { bytes: 2 ** 26, part: 20 };

export async function freeSpace(path: string): Promise<FreeSpace> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

export function defaultMinFree({ totalBytes }: FreeSpace): number {
  return Math.min(DEFAULT_MIN_FREE.bytes, Math.floor(totalBytes / DEFAULT_MIN_FREE.part));
}

export function leastRoom({ totalBytes }: FreeSpace): number {
  return Math.min(LEAST_ROOM.bytes, Math.ceil(totalBytes / LEAST_ROOM.part));
}
