import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeTimes } from "../../../worker/original/decode-times.ts";

it("decode times are presentation times in order, as much earlier as pictures are reordered", () => {
  // I P B B P B B, 40 ticks a frame.
  expect(decodeTimes([80, 200, 120, 160, 320, 240, 280], 40, 0)).toEqual([40, 80, 120, 160, 200, 240, 280]);
});

it("no picture is decoded after it is shown, though the reordering was declared too small", () => {
  expect(decodeTimes([200, 360, 240, 280, 320], 0, 0)).toEqual([200, 239, 240, 280, 320]);
});

it("no picture is decoded before the clock begins", () => {
  expect(decodeTimes([80, 200, 120, 160], 120, 0)).toEqual([0, 1, 40, 80]);
});

it("decode times increase and never lie after presentation times, in whatever order pictures come", () => {
  const order = fc
    .uniqueArray(fc.integer({ min: 1000, max: 100_000 }), { minLength: 1, maxLength: 50 })
    .filter((times) => Math.min(...times) === times[0]);
  fc.assert(
    fc.property(order, fc.integer({ min: 0, max: 500 }), (presentation, reorder) => {
      const times = decodeTimes(presentation, reorder, 0);
      for (const [k, time] of times.entries()) {
        expect(time).toBeLessThanOrEqual(presentation[k]!);
        if (k > 0) expect(time).toBeGreaterThan(times[k - 1]!);
      }
    }),
  );
});
