import { LRUCache } from "lru-cache";
import { readAll, type StoredObject } from "../shared/storage/segment-storage.ts";
import type { Cue } from "../shared/subtitles/cue.ts";
import { parseWebvtt } from "../shared/subtitles/parse-webvtt.ts";

/** Characters of all texts that are kept: some two hundred films. Each cue costs about a hundred more. */
const MAX_SIZE = 16 * 2 ** 20;
const SIZE_OF_CUE = 100;

/** Cues of whole tracks that segments were cut from lately. A stored object never changes, nor do they. */
export class SubtitleCues {
  readonly #kept = new LRUCache<string, readonly Cue[]>({
    maxSize: MAX_SIZE,
    sizeCalculation: (cues) => cues.reduce((sum, { text }) => sum + text.length + SIZE_OF_CUE, 1),
  });

  /** @param find asked for the object where its cues aren't known. */
  async of(name: string, find: () => Promise<StoredObject>): Promise<readonly Cue[]> {
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const cues = parseWebvtt(new TextDecoder().decode(await readAll(await find())));
    this.#kept.set(name, cues);
    return cues;
  }
}
