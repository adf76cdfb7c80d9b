import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";

/** A file in a title's folder whose modification time says when the title was last used, by whatever node. */
const MARKER = "used";
const TOUCH_EVERY_MS = 60_000;
const KNOWN_TITLES = 1024;

/** Leaves word in storage of the titles that this process reads or writes: at most once a minute each. */
export class UseMarkers {
  readonly #touched = new LRUCache<string, true>({ max: KNOWN_TITLES, ttl: TOUCH_EVERY_MS });

  async touch(titleFolder: string): Promise<void> {
    if (this.#touched.has(titleFolder)) return;
    this.#touched.set(titleFolder, true);
    try {
      // Emptying it again makes storage stamp it, by its own clock.
      await (await open(join(titleFolder, MARKER), "w")).close();
    } catch {
      // Storage is full, or may only be read: the title is taken for less recently used than it is.
    }
  }
}

/** When a title was last used, milliseconds on storage's clock; undefined where it is gone. */
export async function lastUsedMs(titleFolder: string): Promise<number | undefined> {
  const marker = await statIfThere(join(titleFolder, MARKER));
  return (marker ?? (await statIfThere(titleFolder)))?.mtimeMs;
}

async function statIfThere(path: string) {
  return stat(path).catch(() => undefined);
}
