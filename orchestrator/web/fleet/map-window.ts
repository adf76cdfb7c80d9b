/** Part of a title, seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A segment of usual length is at least so wide, CSS pixels: enough to be told apart and to be hit. */
const CELL_WIDTH = 11;
const USUAL_SECONDS = 4;

/** How much of a title fits, seconds: all of a short one. */
export function windowLength(width: number, duration: number): number {
  return Math.min(duration, Math.max(1, (width / CELL_WIDTH) * USUAL_SECONDS));
}

/** The window of that length that begins as near to `from` as may be. */
export function placeWindow(from: number, length: number, duration: number): Span {
  const start = Math.max(0, Math.min(from, duration - length));
  return { from: start, to: start + length };
}

/** The window moved no further than it takes to show all of what is worked on, its beginning where that is too long. */
export function followWork(window: Span, work: Span | undefined, duration: number): Span {
  const length = window.to - window.from;
  if (!work || (work.from >= window.from && work.to <= window.to)) return window;
  // A little of what comes before stays in sight.
  return placeWindow(work.from - length / 4, length, duration);
}

/** Of borders in ascending order, the segment in which a time lies. */
export function segmentAt(borders: readonly number[], seconds: number): number | undefined {
  if (seconds < borders[0]! || seconds >= borders.at(-1)!) return undefined;
  let [low, high] = [0, borders.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (borders[middle]! <= seconds) low = middle;
    else high = middle;
  }
  return low;
}
