import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaredBitrate, segmentByteLimit, videoRateControl } from "../../../shared/media/rate-budget.ts";
import { segmentCount, segmentSpan, videoTimeline } from "../../../shared/media/timeline.ts";
import { divide, multiply, rational, toNumber } from "../../../shared/rational.ts";
import { exampleSource, exampleVideo } from "./example-source.ts";

const peaks = fc.constantFrom(700_000, 1_400_000, 2_100_000, 4_000_000, 8_000_000, 12_000_000, 40_000_000);
const durations = fc.integer({ min: 1, max: 10_500 }).map((ms) => rational(ms, 1000));

describe("the rate budget", () => {
  it("of four seconds at 720p is spent as three quarters and a buffer", () => {
    expect(segmentByteLimit(4_000_000, rational(4))).toBe(2_000_000);
    expect(videoRateControl(4_000_000, rational(4), 0)).toEqual({ maxKbps: 3000, bufferKbit: 3840 });
    expect(videoRateControl(4_000_000, rational(4), 1)).toEqual({ maxKbps: 2250, bufferKbit: 2880 });
  });

  it("lets no segment that keeps to its VBV pass 0.97 of the limit", () => {
    fc.assert(
      fc.property(peaks, durations, fc.integer({ min: 0, max: 8 }), (peak, duration, strictness) => {
        const { maxKbps, bufferKbit } = videoRateControl(peak, duration, strictness);
        const seconds = toNumber(duration);
        const mostBits = 1000 * (maxKbps * seconds + 0.9 * bufferKbit);
        expect(mostBits).toBeLessThanOrEqual(0.97 * (8 * segmentByteLimit(peak, duration) + 8));
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves the encoder something to work with at every strictness", () => {
    fc.assert(
      fc.property(peaks, durations, fc.integer({ min: 0, max: 7 }), (peak, duration, strictness) => {
        const here = videoRateControl(peak, duration, strictness);
        const next = videoRateControl(peak, duration, strictness + 1);
        expect(next.maxKbps).toBeGreaterThan(0);
        expect(next.bufferKbit).toBeGreaterThan(0);
        expect(next.maxKbps).toBeLessThan(here.maxKbps);
        expect(next.bufferKbit).toBeLessThanOrEqual(here.bufferKbit);
      }),
    );
  });

  it("declares a bit rate that no segment within its limit passes", () => {
    const rates = fc.constantFrom(rational(24000, 1001), rational(25), rational(60), rational(1));
    fc.assert(
      fc.property(peaks, rates, fc.integer({ min: 1, max: 2000 }), (peak, rate, frames) => {
        const video = exampleVideo({ end: divide(rational(frames), rate) });
        const timeline = videoTimeline(exampleSource({ video }), rate, 4);
        const declared = declaredBitrate(peak, timeline);
        expect(declared).toBeGreaterThanOrEqual(peak);
        for (let index = 0; index < segmentCount(timeline); index++) {
          const { firstUnit, endUnit } = segmentSpan(timeline, index)!;
          const duration = divide(rational(endUnit - firstUnit), rate);
          const bits = multiply(rational(8), rational(segmentByteLimit(peak, duration)));
          // RFC 8216bis 4.1: a segment's bit rate is its size over its duration.
          expect(declared * toNumber(duration)).toBeGreaterThanOrEqual(toNumber(bits) - 1e-6);
        }
      }),
    );
  });

  it("is the plain peak for a film of ordinary length", () => {
    const timeline = videoTimeline(exampleSource(), rational(25), 4);
    expect(declaredBitrate(4_000_000, timeline)).toBe(4_000_000);
  });
});
