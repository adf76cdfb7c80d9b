import type { VideoRendition } from "../shared/media/title.ts";

/** What a run is taken for as long as none of its rung was measured. */
const UNKNOWN = 2;
/** The next run may meet a harder scene, or a busier machine, than those before it. */
const CAUTION = 2;
/** Slower ones would never be worth while, and faster ones need not be told apart. */
const SLOWEST = 0.5;
const FASTEST = 8;
/** How much the latest run counts. */
const WEIGHT = 0.5;

/**
 * How fast this worker makes runs, by their largest rung: seconds of film a second. Who waits for a run waits for its
 * end, so it is rather thought slower than it is.
 */
export class RunSpeed {
  readonly #measured = new Map<string, number>();

  /** What may be counted on. */
  of({ id }: VideoRendition): number {
    const measured = this.#measured.get(id);
    if (measured === undefined) return UNKNOWN;
    return Math.min(FASTEST, Math.max(SLOWEST, measured / CAUTION));
  }

  /** A run is done. @param filmSeconds of its largest rung that take as long as all of it. */
  record({ id }: VideoRendition, filmSeconds: number, ms: number): void {
    const latest = (1000 * filmSeconds) / ms;
    const before = this.#measured.get(id) ?? latest;
    this.#measured.set(id, before + WEIGHT * (latest - before));
  }
}
