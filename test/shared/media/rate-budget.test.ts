import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaredBitrate, segmentByteLimit, stricterCrf } from "../../../shared/media/rate-budget.ts";
import { segmentCount, segmentSpan, videoTimeline } from "../../../shared/media/timeline.ts";
import { divide, multiply, rational, toNumber } from "../../../shared/rational.ts";
import { exampleSource, exampleVideo } from "./example-source.ts";

const peaks = fc.constantFrom(700_000, 1_400_000, 2_100_000, 4_000_000, 8_000_000, 12_000_000, 40_000_000);

describe("the rate budget", () => {
  it("of four seconds at 720p is two megabytes", () => {
    expect(segmentByteLimit(4_000_000, rational(4))).toBe(2_000_000);
  });

  it("makes a segment that was twice too large seven steps worse, one that was barely so two", () => {
    expect(stricterCrf(23, 4_000_000, 2_000_000)).toBe(30);
    expect(stricterCrf(23, 2_000_001, 2_000_000)).toBe(25);
    expect(stricterCrf(48, 4_000_000, 2_000_000)).toBe(51);
  });

  it("gets worse with every try until there is nothing worse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 23, max: 50 }), fc.integer({ min: 1, max: 1e8 }), (crf, over) => {
        const next = stricterCrf(crf, 1_000_000 + over, 1_000_000);
        expect(next).toBeGreaterThan(crf);
        expect(next).toBeLessThanOrEqual(51);
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
