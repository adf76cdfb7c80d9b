import { divide, max, type Rational, rational, toNumber } from "../rational.ts";
import type { Timeline } from "./timeline.ts";

/** A segment shorter than this (only a title that is shorter itself has one) may spend as much as this. */
const SHORTEST_BUDGETED: Rational = rational(1, 2);

/** x264's constant rate factor of the recipe: the quality that a segment has unless it gets too large. */
export const RECIPE_CRF = 23;
export const WORST_CRF = 51;
/** So many steps of CRF halve the bytes, about. */
const CRF_PER_HALVING = 6;

/** The most bytes that a segment of `duration` seconds may have for BANDWIDTH to be true. */
export function segmentByteLimit(peakBitrate: number, duration: Rational): number {
  return Math.floor((peakBitrate * toNumber(max(duration, SHORTEST_BUDGETED))) / 8);
}

/**
 * The CRF to try next for a segment that came out too large: as much worse as it was too large, and one
 * step more. (A VBV would keep the limit at once, but x264's is not repeatable with threads.)
 */
export function stricterCrf(crf: number, bytes: number, limit: number): number {
  return Math.min(WORST_CRF, crf + Math.ceil(CRF_PER_HALVING * Math.log2(bytes / limit)) + 1);
}

/** BANDWIDTH of a rendition: its peak, or more where a very short segment's limit amounts to more. */
export function declaredBitrate(peakBitrate: number, timeline: Timeline): number {
  let worst = peakBitrate;
  for (let k = 1; k < timeline.borders.length; k++) {
    const duration = divide(rational(timeline.borders[k]! - timeline.borders[k - 1]!), timeline.rate);
    worst = Math.max(worst, Math.ceil((segmentByteLimit(peakBitrate, duration) * 8) / toNumber(duration)));
  }
  return worst;
}
