import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { avcCodec, lowestAvcLevel } from "../../../shared/media/avc-level.ts";
import { type Rational, rational } from "../../../shared/rational.ts";

const FILM = rational(24000, 1001);

describe("the H.264 level", () => {
  it.each<[string, number, number, Rational, number, number]>([
    ["160x120 at 25", 160, 120, rational(25), 700_000, 13],
    ["426x240 at 24", 426, 240, rational(24), 700_000, 21],
    ["640x360 at 30", 640, 360, rational(30), 1_400_000, 30],
    ["854x480 at 24", 854, 480, rational(24), 2_100_000, 30],
    ["854x480 at 30", 854, 480, rational(30), 2_100_000, 31],
    ["720x576 at 25", 720, 576, rational(25), 2_100_000, 30],
    ["1280x720 at 30", 1280, 720, rational(30), 4_000_000, 31],
    ["1280x720 at 60", 1280, 720, rational(60), 4_000_000, 32],
    ["1920x1080 at 24", 1920, 1080, rational(24), 8_000_000, 40],
    ["1920x1080 at 24000/1001", 1920, 1080, FILM, 8_000_000, 40],
    ["1920x1080 at 30", 1920, 1080, rational(30), 8_000_000, 40],
    ["1920x1080 at 50", 1920, 1080, rational(50), 8_000_000, 42],
    ["1920x1080 at 60", 1920, 1080, rational(60), 8_000_000, 42],
    ["1080x1920 at 30", 1080, 1920, rational(30), 8_000_000, 40],
    ["2560x1440 at 24", 2560, 1440, rational(24), 12_000_000, 50],
    ["2560x1440 at 60", 2560, 1440, rational(60), 12_000_000, 51],
    ["3840x2160 at 24", 3840, 2160, rational(24), 28_000_000, 51],
    ["3840x2160 at 60", 3840, 2160, rational(60), 28_000_000, 52],
    ["7680x4320 at 24", 7680, 4320, rational(24), 40_000_000, 60],
    ["7680x4320 at 60", 7680, 4320, rational(60), 40_000_000, 61],
  ])("of %s is the lowest that fits", (_, width, height, rate, bitrate, level) => {
    expect(lowestAvcLevel({ width, height, rate, bitrate })).toBe(level);
  });

  it("rises where the bit rate alone is too much", () => {
    const picture = { width: 1280, height: 720, rate: rational(24) };
    expect(lowestAvcLevel({ ...picture, bitrate: 17_500_000 })).toBe(31);
    expect(lowestAvcLevel({ ...picture, bitrate: 17_500_001 })).toBe(32);
  });

  it("rises where one side alone is too long (A.3.1 f, g)", () => {
    // 1620 macroblocks a frame allow a side of at most 113 macroblocks, 3600 of 169.
    const strip = { height: 16, rate: rational(24), bitrate: 1_000_000 };
    expect(lowestAvcLevel({ ...strip, width: 113 * 16 })).toBeLessThan(31);
    expect(lowestAvcLevel({ ...strip, width: 114 * 16 })).toBe(31);
    expect(lowestAvcLevel({ ...strip, width: 170 * 16 })).toBe(32);
  });

  it("is the highest there is for what no level allows", () => {
    expect(lowestAvcLevel({ width: 20_000, height: 20_000, rate: rational(60), bitrate: 1e9 })).toBe(62);
  });

  it("never falls when a picture grows, gets faster or gets richer", () => {
    const side = fc.integer({ min: 2, max: 8192 });
    const more = fc.integer({ min: 0, max: 4096 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 60 }), more, more, (width, height, fps, dw, dfps) => {
        const small = { width, height, rate: rational(fps), bitrate: 1_000_000 };
        const level = lowestAvcLevel(small);
        expect(lowestAvcLevel({ ...small, rate: rational(fps + dfps) })).toBeGreaterThanOrEqual(level);
        expect(lowestAvcLevel({ ...small, bitrate: 1_000_000 + dw * 100_000 })).toBeGreaterThanOrEqual(level);
      }),
    );
  });
});

describe("the codec string (RFC 6381)", () => {
  it.each([
    [13, "avc1.64000D"],
    [30, "avc1.64001E"],
    [31, "avc1.64001F"],
    [40, "avc1.640028"],
    [42, "avc1.64002A"],
    [52, "avc1.640034"],
    [62, "avc1.64003E"],
  ])("of level_idc %i is %s", (level, codec) => {
    expect(avcCodec(level)).toBe(codec);
  });
});
