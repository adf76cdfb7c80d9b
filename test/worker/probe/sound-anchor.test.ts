import fc from "fast-check";
import { expect, it } from "vitest";
import { anchorAmong } from "../../../worker/probe/sound-anchor.ts";

const RATE = 44100;
const TICK = RATE / 1000;

/** A track of uneven packets as Matroska stores it: every time stamp rounded to a millisecond. */
function stampedFrames(sizes: readonly number[], start: number) {
  let at = start;
  return sizes.map((samples) => {
    const exact = at;
    at += samples;
    return { exact, samples, at: Math.round((exact * 1000) / RATE) * TICK };
  });
}

const sizes = fc.array(fc.constantFrom(128, 576, 1024), { minLength: 400, maxLength: 600 });

it("the place of a frame is found to the sample from time stamps of a millisecond, wherever one begins", () => {
  fc.assert(
    fc.property(sizes, fc.nat(200), fc.nat(100_000), (all, skipped, start) => {
      const frames = stampedFrames(all, start);
      const wanted = frames[300]!.exact + 10;
      for (const window of [frames, frames.slice(skipped)]) {
        const anchor = anchorAmong(window, TICK / 2, wanted)!;
        expect(Math.abs(anchor.sample - frames[300]!.exact)).toBeLessThanOrEqual(1);
        // The frame before, whose time stamp may be off as well, is not taken for it.
        expect(anchor.notBefore).toBeGreaterThan(frames[299]!.exact + TICK / 2 - 20);
        expect(anchor.notBefore).toBeLessThanOrEqual(frames[300]!.at);
      }
    }),
  );
});

it("time stamps that don't agree on one place give none: there is a gap", () => {
  const before = stampedFrames([1024, 1024, 1024], 0);
  const after = stampedFrames([1024, 1024, 1024], 100_000);
  expect(anchorAmong([...before, ...after], TICK / 2, 2000)).toBeUndefined();
  expect(anchorAmong([], TICK / 2, 0)).toBeUndefined();
});
