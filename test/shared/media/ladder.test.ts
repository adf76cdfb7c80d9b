import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioRenditions, displaySize, outputRate, videoLadder } from "../../../shared/media/ladder.ts";
import type { VideoTrack } from "../../../shared/media/source-info.ts";
import { compare, type Rational, rational, toFraction } from "../../../shared/rational.ts";
import { exampleAudio, exampleVideo } from "./example-source.ts";

const sizes = (video: VideoTrack) =>
  videoLadder(video).map(({ id, width, height }) => `${id} ${width}x${height}`);

describe("the ladder of", () => {
  it.each<[string, Partial<VideoTrack>, string[]]>([
    [
      "a 1080p film",
      {},
      ["v240 426x240", "v360 640x360", "v480 854x480", "v720 1280x720", "v1080 1920x1080"],
    ],
    [
      "a 720p film",
      { width: 1280, height: 720 },
      ["v240 426x240", "v360 640x360", "v480 854x480", "v720 1280x720"],
    ],
    ["odd sides", { width: 641, height: 361 }, ["v240 426x240", "v360 640x360"]],
    [
      "an upright phone film",
      { width: 720, height: 1280 },
      ["v240 240x426", "v360 360x640", "v480 480x854", "v720 720x1280"],
    ],
    [
      "a film that is turned for showing",
      { width: 1280, height: 720, rotation: 90 },
      ["v240 240x426", "v360 360x640", "v480 480x854", "v720 720x1280"],
    ],
    [
      "a film that stands on its head",
      { width: 1280, height: 720, rotation: 180 },
      ["v240 426x240", "v360 640x360", "v480 854x480", "v720 1280x720"],
    ],
    [
      "an anamorphic broadcast",
      { width: 720, height: 576, sampleAspectRatio: rational(16, 11) },
      ["v240 436x240", "v360 654x360", "v480 872x480"],
    ],
    ["a tiny clip", { width: 160, height: 120 }, ["v120 160x120"]],
    ["a film just below the smallest rung", { width: 424, height: 239 }, ["v239 424x238"]],
    [
      "an ultrawide film",
      { width: 3840, height: 1600 },
      [
        "v240 576x240",
        "v360 864x360",
        "v480 1152x480",
        "v720 1728x720",
        "v1080 2592x1080",
        "v1440 3456x1440",
      ],
    ],
    [
      "a 4320p film",
      { width: 7680, height: 4320 },
      [
        "v240 426x240",
        "v360 640x360",
        "v480 854x480",
        "v720 1280x720",
        "v1080 1920x1080",
        "v1440 2560x1440",
        "v2160 3840x2160",
        "v4320 7680x4320",
      ],
    ],
  ])("%s", (_, changes, expected) => {
    expect(sizes(exampleVideo(changes))).toEqual(expected);
  });

  it("any picture: even sizes, growing, none larger than the source, each within half a pair of pixels of its shape", () => {
    const side = fc.integer({ min: 16, max: 8000 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(0, 90, 180, 270), (width, height, rotation) => {
        const video = exampleVideo({ width, height, rotation: rotation as 0 });
        const upright = displaySize(video);
        const rungs = videoLadder(video);
        expect(rungs.length).toBeGreaterThan(0);
        for (const [k, rung] of rungs.entries()) {
          expect(rung.width % 2).toBe(0);
          expect(rung.height % 2).toBe(0);
          expect(rung.width).toBeLessThanOrEqual(upright.width + 1);
          expect(rung.height).toBeLessThanOrEqual(upright.height + 1);
          const [long, short] = [Math.max(rung.width, rung.height), Number(rung.id.slice(1))];
          const shape = Math.max(width, height) / Math.min(width, height);
          expect(Math.abs(long - short * shape)).toBeLessThan(1.000001);
          expect(rung.peakBitrate).toBeGreaterThan(rung.averageBitrate);
          if (k > 0) expect(rung.averageBitrate).toBeGreaterThan(rungs[k - 1]!.averageBitrate);
        }
        expect(new Set(rungs.map(({ id }) => id)).size).toBe(rungs.length);
      }),
    );
  });

  it("a 1080p film carries bit rates, names, rate and levels", () => {
    expect(videoLadder(exampleVideo({ baseRate: rational(24000, 1001) })).at(-1)).toEqual({
      id: "v1080",
      name: "1080p",
      width: 1920,
      height: 1080,
      rate: { n: 24000, d: 1001 },
      averageBitrate: 4_800_000,
      peakBitrate: 8_000_000,
      level: 40,
    });
  });
});

describe("the size on a screen", () => {
  it("counts square pixels, upright", () => {
    expect(
      displaySize(exampleVideo({ width: 720, height: 576, sampleAspectRatio: rational(16, 11) })),
    ).toEqual({
      width: 1047,
      height: 576,
    });
    expect(displaySize(exampleVideo({ rotation: 270 }))).toEqual({ width: 1080, height: 1920 });
  });
});

describe("the output rate of", () => {
  it.each<[string, Rational, Rational, boolean, string]>([
    ["film", rational(24000, 1001), rational(24000, 1001), false, "24000/1001"],
    [
      "film that is a hair off",
      rational(2_997_003, 125_000),
      rational(2_997_003, 125_000),
      false,
      "24000/1001",
    ],
    ["exact 24", rational(24), rational(24), false, "24/1"],
    ["25 interlaced that counts fields", rational(50), rational(25), true, "25/1"],
    ["25 interlaced that counts frames", rational(25), rational(25), true, "25/1"],
    ["50 progressive", rational(50), rational(50), false, "50/1"],
    [
      "30000/1001 interlaced that counts fields",
      rational(60000, 1001),
      rational(30000, 1001),
      true,
      "30000/1001",
    ],
    ["60000/1001", rational(60000, 1001), rational(60000, 1001), false, "60000/1001"],
    ["120", rational(120), rational(120), false, "60/1"],
    ["240 with a lost frame", rational(240), rational(239), false, "60/1"],
    ["a variable rate on a millisecond grid near 30", rational(1000), rational(29_999, 1000), false, "30/1"],
    ["a variable rate on a 90 kHz grid near 25", rational(90_000), rational(25_001, 1000), false, "25/1"],
    ["a variable rate without any standard", rational(90_000), rational(1713, 100), false, "60/1"],
    ["a slow time lapse", rational(1, 5), rational(1, 5), false, "1/1"],
    ["15", rational(15), rational(15), false, "15/1"],
    ["12.5", rational(25, 2), rational(25, 2), false, "25/2"],
    ["a variable rate whose grid is standard", rational(60), rational(41), false, "60/1"],
  ])("%s", (_, baseRate, averageRate, interlaced, expected) => {
    expect(toFraction(outputRate(exampleVideo({ baseRate, averageRate, interlaced })))).toBe(expected);
  });

  it("anything lies from 1 to 60 frames/s", () => {
    const rates = fc
      .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }))
      .map(([n, d]) => rational(n, d));
    fc.assert(
      fc.property(rates, rates, fc.boolean(), (baseRate, averageRate, interlaced) => {
        const rate = outputRate(exampleVideo({ baseRate, averageRate, interlaced }));
        expect(compare(rate, rational(1))).toBeGreaterThanOrEqual(0);
        expect(compare(rate, rational(60))).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe("the sound renditions", () => {
  it("are named by the track's place among the audio tracks, not by its stream", () => {
    const tracks = [exampleAudio({ streamIndex: 3 }), exampleAudio({ streamIndex: 7 })];
    expect(audioRenditions(tracks).map(({ id, track }) => [id, track.streamIndex])).toEqual([
      ["a0", 3],
      ["a1", 7],
    ]);
  });

  it("are in 5.1, too, where the track has six channels or more", () => {
    const tracks = [2, 5, 6, 8].map((channels) => exampleAudio({ channels }));
    expect(audioRenditions(tracks).map(({ id, channels }) => [id, channels])).toEqual([
      ...[
        ["a0", 2],
        ["a1", 2],
        ["a2", 2],
        ["m2", 6],
        ["a3", 2],
        ["m3", 6],
      ],
    ]);
  });

  it.each([
    [8000, 48000],
    [11025, 44100],
    [16000, 48000],
    [22050, 44100],
    [24000, 48000],
    [32000, 32000],
    [44100, 44100],
    [48000, 48000],
    [64000, 32000],
    [88200, 44100],
    [96000, 48000],
    [192000, 48000],
  ])("of %i Hz come out at %i Hz", (sampleRate, expected) => {
    expect(audioRenditions([exampleAudio({ sampleRate })])[0]!.sampleRate).toBe(expected);
  });
});
