import { open, stat } from "node:fs/promises";
import { isFull } from "./storage-fault.ts";
import { lastLookPath, readStorageClock } from "./temporary-files.ts";

/**
 * Whether it is this node's turn to look through storage: one look in so many milliseconds is enough for all
 * nodes. Two that ask at the same moment may both be told so.
 */
export async function takeTurn(root: string, everyMs: number): Promise<boolean> {
  const path = lastLookPath(root);
  try {
    const clock = await readStorageClock(root);
    const last = await stat(path).catch(() => undefined);
    const ageMs = last && clock() - last.mtimeMs;
    // A stamp from the future is one of before the clock was set back.
    if (ageMs !== undefined && ageMs >= 0 && ageMs < everyMs) return false;
    await (await open(path, "w")).close();
  } catch (error) {
    // Full to the last: there is all the more reason to look.
    if (!isFull(error)) throw error;
  }
  return true;
}
