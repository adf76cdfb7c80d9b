import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { audioRenditions } from "../../../shared/media/ladder.ts";
import type { AudioTrack } from "../../../shared/media/source-info.ts";
import {
  AAC_FRAME_SAMPLES,
  audioTimeline,
  borderTime,
  longestDuration,
  presentationStart,
  segmentCount,
  segmentSpan,
  type Timeline,
  targetDuration,
  timelineDuration,
  videoTimeline,
} from "../../../shared/media/timeline.ts";
import {
  add,
  compare,
  divide,
  multiply,
  type Rational,
  rational,
  round,
  subtract,
  toNumber,
} from "../../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo, soundOnlySource } from "./example-source.ts";

const FILM = rational(24000, 1001);

/** Timeline of a picture of so many frames, whose clock begins anywhere. */
function picture(frames: number, rate: Rational, segmentSeconds: number, start = rational(0)): Timeline {
  const end = add(start, divide(rational(frames), rate));
  return videoTimeline(exampleSource({ video: exampleVideo({ start, end }) }), rate, segmentSeconds);
}

/** Timeline of a track beside a picture; `end` on the container's clock, both clocks beginning at `start`. */
function sound(
  beside: Timeline | undefined,
  track: Partial<AudioTrack>,
  segmentSeconds: number,
  start = rational(0),
): Timeline {
  const audio = [exampleAudio({ start, ...track })];
  const source = beside
    ? exampleSource({ audio, video: exampleVideo({ start, end: add(start, timelineDuration(beside)) }) })
    : soundOnlySource(audio);
  return audioTimeline(source, audioRenditions(audio)[0]!, beside, segmentSeconds);
}

const lengths = ({ borders }: Timeline) => borders.slice(1).map((border, k) => border - borders[k]!);

describe("the picture's borders", () => {
  it.each<[string, number, Rational, number, number[]]>([
    ["30 s of film", 720, FILM, 4, [0, 24, 48, 96, 192, 288, 384, 480, 576, 672, 720]],
    ["10 s at 25", 250, rational(25), 4, [0, 25, 50, 100, 200, 250]],
    ["9 s at 25, whose tail is shared", 225, rational(25), 4, [0, 25, 50, 100, 162, 225]],
    ["2 s segments", 250, rational(25), 2, [0, 25, 50, 100, 150, 200, 250]],
    ["3 s segments", 250, rational(25), 3, [0, 25, 50, 75, 150, 200, 250]],
    ["one frame", 1, FILM, 4, [0, 1]],
    ["just over a second", 25, rational(24), 4, [0, 12, 25]],
    ["exactly a second", 24, rational(24), 4, [0, 24]],
    ["60000/1001", 600, rational(60000, 1001), 4, [0, 60, 120, 240, 480, 600]],
    ["one frame a second", 10, rational(1), 4, [0, 1, 2, 4, 8, 10]],
  ])("of %s", (_, frames, rate, segmentSeconds, expected) => {
    expect(picture(frames, rate, segmentSeconds).borders).toEqual(expected);
  });

  it("make steps of 4.004 s of a film of 24000/1001, in exact ticks", () => {
    const timeline = picture(720, FILM, 4);
    expect([timeline.timescale, timeline.ticksPerUnit]).toEqual([24000, 1001]);
    expect(segmentSpan(timeline, 4)).toMatchObject({
      index: 4,
      firstUnit: 192,
      endUnit: 288,
      decodeTime: 192_192,
    });
  });

  it("don't depend on where the container's clock begins", () => {
    expect(picture(720, FILM, 4, rational(7, 5)).borders).toEqual(picture(720, FILM, 4).borders);
    expect(picture(720, FILM, 4, rational(-1, 24)).borders).toEqual(picture(720, FILM, 4).borders);
  });

  it("hold a frame even where the file says that it ends before it starts", () => {
    const video = exampleVideo({ start: rational(5), end: rational(4) });
    expect(videoTimeline(exampleSource({ video }), rational(25), 4).borders).toEqual([0, 1]);
  });
});

describe("the sound's borders", () => {
  const beside = picture(250, rational(25), 4);

  it("lie on the AAC frame next to the picture's", () => {
    const timeline = sound(beside, { end: rational(10) }, 4);
    expect(timeline.borders).toEqual([0, 47, 94, 188, 375, 469]);
    expect([timeline.timescale, timeline.ticksPerUnit]).toEqual([48000, AAC_FRAME_SAMPLES]);
  });

  it("are filled up to the picture's end where the sound ends early or no end is known", () => {
    expect(sound(beside, { end: rational(5) }, 4).borders).toEqual([0, 47, 94, 188, 375, 469]);
    const { end: _, ...endless } = exampleAudio();
    const source = exampleSource({ audio: [endless] });
    const timeline = audioTimeline(source, audioRenditions([endless])[0]!, beside, 4);
    expect(timeline.borders).toEqual([0, 47, 94, 188, 375, 469]);
  });

  it("stretch the last segment over a short overhang", () => {
    expect(sound(beside, { end: rational(12) }, 4).borders).toEqual([0, 47, 94, 188, 375, 563]);
  });

  it("go on by themselves after a long overhang", () => {
    expect(sound(beside, { end: rational(20) }, 4).borders).toEqual([
      0, 47, 94, 188, 375, 469, 657, 797, 938,
    ]);
  });

  it("start short where there is no picture", () => {
    expect(sound(undefined, { end: rational(3), sampleRate: 44100 }, 4).borders).toEqual([0, 43, 86, 130]);
    expect(sound(undefined, { end: rational(1, 1000) }, 4).borders).toEqual([0, 1]);
  });

  it("gain no frame from an end that lies a hair past the grid", () => {
    const frames = rational(100 * AAC_FRAME_SAMPLES, 48000);
    expect(sound(undefined, { end: frames }, 4).borders.at(-1)).toBe(100);
    expect(sound(undefined, { end: add(frames, rational(1, 10_000)) }, 4).borders.at(-1)).toBe(100);
    expect(sound(undefined, { end: add(frames, rational(1, 100)) }, 4).borders.at(-1)).toBe(101);
  });
});

describe("the clock of the time stamps", () => {
  it("leaves the picture two frames of room to reorder, and begins the sound that much later", () => {
    const film = picture(720, FILM, 4);
    expect([film.decodeOffset, film.compositionOffset]).toEqual([0, 2002]);
    expect(presentationStart(film)).toEqual(rational(2002, 24000));
    const beside = sound(film, { end: rational(30) }, 4);
    expect([beside.decodeOffset, beside.compositionOffset]).toEqual([4004, 0]);
    expect(segmentSpan(beside, 1)!.decodeTime).toBe(4004 + 47 * 1024);
  });

  it("leaves no room where a segment is too short to reorder, nor where there is no picture", () => {
    expect(picture(3, FILM, 4).compositionOffset).toBe(0);
    expect(picture(4, FILM, 4).compositionOffset).toBe(2002);
    const alone = sound(undefined, { end: rational(3) }, 4);
    expect([alone.decodeOffset, alone.compositionOffset]).toEqual([0, 0]);
  });

  it("begins sound and picture within half a sample of each other at any rate", () => {
    const rates = [FILM, rational(25), rational(30000, 1001), rational(60), rational(1), rational(6575, 119)];
    for (const rate of rates)
      for (const sampleRate of [32000, 44100, 48000]) {
        const film = picture(600, rate, 4);
        const off = subtract(presentationStart(sound(film, { sampleRate }, 4)), presentationStart(film));
        expect(compare({ n: Math.abs(off.n), d: off.d }, rational(1, 2 * sampleRate))).toBeLessThanOrEqual(0);
      }
  });
});

describe("spans", () => {
  it("end with the timeline", () => {
    const timeline = picture(250, rational(25), 4);
    expect(segmentCount(timeline)).toBe(5);
    expect(segmentSpan(timeline, 5)).toBeUndefined();
    expect(segmentSpan(timeline, -1)).toBeUndefined();
    expect(segmentSpan(timeline, 0.5)).toBeUndefined();
  });
});

describe("the target duration", () => {
  it("is the longest segment of any rendition, rounded to whole seconds", () => {
    expect(targetDuration([picture(720, FILM, 4)])).toBe(4);
    expect(targetDuration([picture(720, FILM, 4), picture(600, rational(25), 6)])).toBe(6);
    expect(targetDuration([picture(1, rational(25), 4)])).toBe(1);
  });

  it("goes with the longest rendition's duration", () => {
    expect(longestDuration([picture(250, rational(25), 4), picture(251, rational(25), 4)])).toEqual(
      rational(251, 25),
    );
  });
});

describe("any timeline", () => {
  const standardRates = fc.constantFrom(
    FILM,
    rational(24),
    rational(25),
    rational(30000, 1001),
    rational(30),
    rational(48),
    rational(50),
    rational(60000, 1001),
    rational(60),
    rational(1),
  );
  const anyRates = fc
    .tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 1001 }))
    .map(([n, d]) => rational(n, d))
    .filter((rate) => compare(rate, rational(1)) >= 0 && compare(rate, rational(60)) <= 0);
  const films = fc
    .record({
      rate: fc.oneof(standardRates, anyRates),
      milliseconds: fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 10_800_000 })),
      segmentSeconds: fc.integer({ min: 2, max: 10 }),
      startMs: fc.integer({ min: -500, max: 100_000 }),
    })
    .map(({ rate, milliseconds, segmentSeconds, startMs }) => {
      const frames = Math.max(1, round(multiply(rational(milliseconds, 1000), rate)));
      return { rate, frames, segmentSeconds, start: rational(startMs, 1000) };
    });
  const tracks = fc.record({
    sampleRate: fc.constantFrom(8000, 11025, 22050, 32000, 44100, 48000, 96000),
    /** When the sound ends, against the picture. */
    overhangMs: fc.oneof(fc.integer({ min: -60_000, max: 60_000 }), fc.integer({ min: -50, max: 50 })),
  });

  it("of a picture has growing borders from 0 to the last frame, each frame in one segment", () => {
    fc.assert(
      fc.property(films, ({ rate, frames, segmentSeconds, start }) => {
        const timeline = picture(frames, rate, segmentSeconds, start);
        expect(timeline.borders[0]).toBe(0);
        expect(timeline.borders.at(-1)).toBe(frames);
        expect(Math.min(...lengths(timeline))).toBeGreaterThan(0);
        let next = 0;
        for (let index = 0; index < segmentCount(timeline); index++) {
          const span = segmentSpan(timeline, index)!;
          // Thousands of borders: a plain comparison is a hundred times faster than a matcher.
          if (span.firstUnit !== next || span.decodeTime !== next * rate.d)
            expect(span).toMatchObject({ firstUnit: next, decodeTime: next * rate.d });
          next = span.endUnit;
        }
        expect(next).toBe(frames);
        expect(timelineDuration(timeline)).toEqual(divide(rational(frames), rate));
      }),
      { numRuns: 300 },
    );
  });

  it("of a picture has no segment longer than asked for and half a frame, and no tail below half the one before", () => {
    fc.assert(
      fc.property(films, ({ rate, frames, segmentSeconds }) => {
        const timeline = picture(frames, rate, segmentSeconds);
        const all = lengths(timeline);
        expect(Math.max(...all)).toBeLessThanOrEqual(toNumber(rate) * segmentSeconds + 0.5);
        if (all.length > 1) expect(2 * all.at(-1)!).toBeGreaterThanOrEqual(all.at(-2)!);
        // No crumbs either: a quarter of a second, or half of a title that is shorter than that.
        const least = Math.min(toNumber(rate) / 4, frames / 2 - 0.5);
        expect(Math.min(...all)).toBeGreaterThanOrEqual(Math.floor(least));
        // A picture early: nothing in the first second but the first segment.
        expect(all[0]!).toBeLessThanOrEqual(toNumber(rate) + 0.5);
      }),
      { numRuns: 300 },
    );
  });

  it("of sound follows the picture within half an AAC frame, covers it and the sound, and leaves no gap", () => {
    fc.assert(
      fc.property(films, tracks, ({ rate, frames, segmentSeconds, start }, { sampleRate, overhangMs }) => {
        const beside = picture(frames, rate, segmentSeconds, start);
        const length = add(timelineDuration(beside), rational(overhangMs, 1000));
        const timeline = sound(beside, { sampleRate, end: add(start, length) }, segmentSeconds, start);
        expect(timeline.borders[0]).toBe(0);
        expect(Math.min(...lengths(timeline))).toBeGreaterThan(0);
        expect(timeline.borders.length).toBeGreaterThanOrEqual(beside.borders.length);
        const half = divide(rational(1, 2), timeline.rate);
        // The picture's own end may move into the sound that follows it.
        for (let k = 0; k < beside.borders.length - 1; k++) {
          const off = subtract(borderTime(timeline, k), borderTime(beside, k));
          if (compare({ n: Math.abs(off.n), d: off.d }, half) > 0)
            expect.fail(`border ${k} is off by ${off.n}/${off.d} s`);
        }
        const end = timelineDuration(timeline);
        expect(compare(end, subtract(timelineDuration(beside), half))).toBeGreaterThanOrEqual(0);
        // Within the twentieth of a frame that counts as on the grid.
        const needed = subtract(length, divide(rational(1, 20), timeline.rate));
        expect(compare(end, needed)).toBeGreaterThanOrEqual(0);
        const latest = add(length, divide(rational(1), timeline.rate));
        const pictureEnd = add(timelineDuration(beside), half);
        expect(
          compare(end, latest) <= 0 || compare(end, pictureEnd) <= 0 || timeline.borders.at(-1) === 1,
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("of sound has no segment longer than asked for and a unit of either grid, and no tiny tail", () => {
    fc.assert(
      fc.property(films, tracks, ({ rate, frames, segmentSeconds }, { sampleRate, overhangMs }) => {
        const beside = picture(frames, rate, segmentSeconds);
        const end = add(timelineDuration(beside), rational(overhangMs, 1000));
        const timeline = sound(beside, { sampleRate, end }, segmentSeconds);
        const all = lengths(timeline);
        const longest = (segmentSeconds + 0.5 / toNumber(rate)) * toNumber(timeline.rate) + 1;
        expect(Math.max(...all)).toBeLessThanOrEqual(longest);
        if (all.length > 1) expect(2 * (all.at(-1)! + 1)).toBeGreaterThanOrEqual(all.at(-2)!);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps to its target duration", () => {
    fc.assert(
      fc.property(films, tracks, ({ rate, frames, segmentSeconds }, { sampleRate, overhangMs }) => {
        const beside = picture(frames, rate, segmentSeconds);
        const end = add(timelineDuration(beside), rational(overhangMs, 1000));
        const both = [beside, sound(beside, { sampleRate, end }, segmentSeconds)];
        const target = targetDuration(both);
        expect(target).toBeGreaterThanOrEqual(1);
        expect(target).toBeLessThanOrEqual(segmentSeconds + 1);
        for (const timeline of both)
          for (const length of lengths(timeline))
            if (round(divide(rational(length), timeline.rate)) > target)
              expect.fail(`${length} units are too long`);
      }),
      { numRuns: 300 },
    );
  });
});
