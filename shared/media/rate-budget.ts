import { divide, max, type Rational, rational, toNumber } from "../rational.ts";
import type { Timeline } from "./timeline.ts";

/** A segment shorter than this (only a title that is shorter itself has one) may spend as much as this. */
const SHORTEST_BUDGETED: Rational = rational(1, 2);

/** Rate control of one segment's encoder: x264's VBV, whose buffer starts 0.9 full. */
export interface VideoRateControl {
  readonly maxKbps: number;
  readonly bufferKbit: number;
}

/** The most bytes that a segment of `duration` seconds may have for BANDWIDTH to be true. */
export function segmentByteLimit(peakBitrate: number, duration: Rational): number {
  return Math.floor((peakBitrate * toNumber(max(duration, SHORTEST_BUDGETED))) / 8);
}

/**
 * Spends the limit as a steady 3/4 plus a buffer that a hard scene may draw down once:
 * maxrate · t + 0.9 · buffer ≤ 0.97 · limit, the rest being the container's. `strictness` 0 is the
 * recipe; each step above takes another quarter off, for the rare segment that still came out too large.
 */
export function videoRateControl(
  peakBitrate: number,
  duration: Rational,
  strictness: number,
): VideoRateControl {
  const seconds = toNumber(max(duration, SHORTEST_BUDGETED));
  const peakKbps = (peakBitrate / 1000) * 0.75 ** strictness;
  return {
    maxKbps: Math.floor(peakKbps * 0.75),
    bufferKbit: Math.floor(peakKbps * Math.min(1, 0.24 * seconds)),
  };
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
