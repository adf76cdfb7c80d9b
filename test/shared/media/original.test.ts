import { describe, expect, it } from "vitest";
import { notCopied, originalRate, peakBitrate, planOriginal } from "../../../shared/media/original.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational } from "../../../shared/rational.ts";
import { exampleSource, exampleVideo } from "./example-source.ts";

const index = {
  kind: "copied",
  ...{ codec: "avc1.640028", clock: { sourceTimescale: 12_800, timescale: 12_800, step: 1 } },
  ...{
    cuts: [300, 51_500],
    borders: [0, 51_200, 128_000],
    bytes: [1_000_000, 600_000],
    reorderTicks: 1024,
    isIndependent: true,
  },
} as const;

describe("the original picture", () => {
  it("is a rendition of its own, shown as late as the rungs are", async () => {
    const title = await planTitle(exampleSource(), { segmentSeconds: 4 });
    expect(planOriginal(title, index)).toEqual({
      ...{ kind: "original", id: "o0", codec: "avc1.640028", reorderTicks: 1024, isIndependent: true },
      ...{ clock: { sourceTimescale: 12_800, timescale: 12_800, step: 1 }, cuts: [300, 51_500] },
      timeline: {
        ...{ rate: rational(12_800), timescale: 12_800, ticksPerUnit: 1, borders: [0, 51_200, 128_000] },
        // Two frames at 25 a second.
        ...{ decodeOffset: 1024, compositionOffset: 0 },
      },
      ...{ peakBitrate: 2_008_600, averageBitrate: 1_288_480 },
    });
  });

  it("is none where it can't be copied", async () => {
    const title = await planTitle(exampleSource(), { segmentSeconds: 4 });
    expect(planOriginal(title, { kind: "unavailable", reason: "Why not." })).toBeUndefined();
  });

  it.each([
    [{}, undefined],
    [{ codec: "mpeg2video" }, /don't decode mpeg2video/],
    [{ rotation: 90 as const }, /turned/],
    [{ interlaced: true }, /interlaced/],
    [{ colour: { isFullRange: false, dolbyVisionProfile: 5 } }, /Dolby Vision/],
  ])("of %j: %s", (changes, reason) => {
    const found = notCopied(exampleVideo(changes));
    if (reason) expect(found).toMatch(reason);
    else expect(found).toBeUndefined();
  });

  it("has the rate of its grid, or its average where it has no constant one", () => {
    expect(originalRate(exampleVideo())).toEqual(rational(25));
    expect(originalRate(exampleVideo({ baseRate: rational(30), averageRate: rational(20) }))).toEqual(
      rational(20),
    );
  });
});

describe("the peak bit rate", () => {
  it.each([
    ["of one segment", [0, 4], [500_000], 4, 1_000_000],
    ["is the largest of any segment of full length", [0, 4, 8], [500_000, 750_000], 4, 1_500_000],
    // A burst of 0.5 s is no peak alone, but part of one.
    ["counts short segments with their neighbours", [0, 4, 4.5], [400_000, 500_000], 4, 1_600_000],
  ])("%s", (_, borders, bytes, target, peak) => {
    const ticks = borders.map((second) => second * 1000);
    expect(peakBitrate(ticks, bytes, 1000, target)).toBe(peak);
  });
});
