import { LRUCache } from "lru-cache";

/** Names take about a hundred bytes. */
const KNOWN_SEGMENTS = 10_000;
/** Of a title that is watched nothing is evicted; should something be, it is made again for whoever needs it. */
const KNOWN_MS = 30_000;

/**
 * Segments that were there when a viewer was about to need them: whoever plays on comes by the same ones again, and
 * they are not looked for each time. Values alone, so any number of requests and apps may share them.
 */
export class KnownSegments {
  readonly #names = new LRUCache<string, true>({ max: KNOWN_SEGMENTS, ttl: KNOWN_MS });

  /** Whether an object was there a moment ago. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  add(name: string): void {
    this.#names.set(name, true);
  }
}
