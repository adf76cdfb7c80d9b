import { multiply, type Rational, rational, round } from "../rational.ts";

/** Seconds of the first segments: a picture comes early wherever the first cut lies. */
const SHORT_START_SECONDS = [1, 1, 2];
/** What is left of a stretch stays whole up to so many wished lengths at the start, and so many after it. */
const WHOLE_AT_START = 1.1;
const WHOLE = 1.5;

/**
 * Borders of encoded segments where some are given: short segments first, then even ones of about the wished length
 * between each cut and the next.
 * @param cuts ascending frames, the first of them 0, all of them before `frames`.
 */
export function bordersAtCuts(
  cuts: readonly number[],
  frames: number,
  rate: Rational,
  segmentSeconds: number,
): number[] {
  const framesOf = (seconds: number) => Math.max(1, round(multiply(rate, rational(seconds))));
  const step = framesOf(segmentSeconds);
  const short = SHORT_START_SECONDS.map((seconds) => Math.min(step, framesOf(seconds)));
  const borders = [0];
  for (const end of [...cuts.slice(1), frames]) {
    for (let wished = short[borders.length - 1]; wished; wished = short[borders.length - 1]) {
      const start = borders.at(-1)!;
      const border = shortBorder(start, end, wished);
      if (border === undefined) break;
      borders.push(border);
    }
    borders.push(...evenBorders(borders.at(-1)!, end, step));
  }
  return borders;
}

/** Where a short segment ends, so that what is left is not much shorter; undefined where all of it is short. */
function shortBorder(start: number, end: number, wished: number): number | undefined {
  const length = end - start;
  if (length <= WHOLE_AT_START * wished) return undefined;
  return start + (2 * (length - wished) < wished ? Math.floor(length / 2) : wished);
}

function evenBorders(start: number, end: number, step: number): number[] {
  const length = end - start;
  const parts = length <= WHOLE * step ? 1 : Math.round(length / step);
  return Array.from({ length: parts }, (_, k) => start + Math.round(((k + 1) * length) / parts));
}
