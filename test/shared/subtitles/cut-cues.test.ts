import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { borderTime, segmentCount } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { rational, toNumber } from "../../../shared/rational.ts";
import { moveCues, orderCues } from "../../../shared/subtitles/cue.ts";
import { cutCues, formatSubtitleSegment, subtitleTimeline } from "../../../shared/subtitles/cut-cues.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../media/example-source.ts";
import { cues } from "./cues.ts";

const rates = fc.constantFrom(rational(24_000, 1001), rational(25), rational(30_000, 1001));
const sources = fc.record({
  rate: rates,
  video: fc.integer({ min: 1, max: 900 }),
  audio: fc.integer({ min: 1, max: 900 }),
});

const planOf = ({
  rate,
  video,
  audio,
}: {
  rate: ReturnType<typeof rational>;
  video: number;
  audio: number;
}) =>
  planTitle(
    exampleSource({
      video: exampleVideo({ baseRate: rate, averageRate: rate, end: rational(video) }),
      audio: [exampleAudio({ end: rational(audio) })],
    }),
    { segmentSeconds: 4 },
  );

describe("subtitles cut into segments", () => {
  it("have each cue in every segment in which it is shown and in no other, in their order", async () => {
    await fc.assert(
      fc.asyncProperty(sources, cues, async (source, some) => {
        const timeline = subtitleTimeline(await planOf(source));
        const ordered = orderCues(some);
        const seen = new Set<unknown>();
        for (let index = 0; index < segmentCount(timeline); index++) {
          const from = toNumber(borderTime(timeline, index)) * 1000;
          const to = toNumber(borderTime(timeline, index + 1)) * 1000;
          const cut = cutCues(ordered, timeline, index);
          for (const cue of cut) seen.add(cue);
          expect(cut).toEqual(orderCues(cut));
          const isLast = index === segmentCount(timeline) - 1;
          for (const cue of ordered) {
            const isShown = cue.startMs < to && cue.endMs > from;
            if (isShown) expect(cut).toContain(cue);
            else if (!isLast) expect(cut).not.toContain(cue);
          }
        }
        expect(seen.size).toBe(ordered.length);
      }),
      { numRuns: 30 },
    );
  });

  it("last as long as the title, with segments no longer than its target duration", async () => {
    await fc.assert(
      fc.asyncProperty(sources, async (source) => {
        const title = await planOf(source);
        const timeline = subtitleTimeline(title);
        expect(borderTime(timeline, segmentCount(timeline))).toEqual(title.duration);
        for (let k = 0; k < segmentCount(timeline); k++) {
          const seconds = toNumber(borderTime(timeline, k + 1)) - toNumber(borderTime(timeline, k));
          expect(Math.round(seconds)).toBeLessThanOrEqual(title.targetDuration);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("say where the title's zero lies on the media's clock", async () => {
    const timeline = subtitleTimeline(await planOf({ rate: rational(25), video: 10, audio: 10 }));
    const some = [{ startMs: 500, endMs: 1500, settings: "line:0", text: "Hi" }];
    expect(formatSubtitleSegment(some, timeline, 1)).toBe(
      "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:7200,LOCAL:00:00:00.000\n\n00:00:00.500 --> 00:00:01.500 line:0\nHi\n",
    );
    expect(formatSubtitleSegment(some, timeline, 2)).toBe(
      "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:7200,LOCAL:00:00:00.000\n",
    );
  });
});

it("what is over before the title's zero is left out, and what has begun is cut", () => {
  const cue = (startMs: number, endMs: number) => ({ startMs, endMs, settings: "", text: "x" });
  expect(moveCues([cue(0, 1000), cue(500, 1500), cue(2000, 3000)], 1000)).toEqual([
    cue(0, 500),
    cue(1000, 2000),
  ]);
  expect(moveCues([cue(0, 1000)], -80)).toEqual([cue(80, 1080)]);
});
