import fc from "fast-check";
import { expect, it } from "vitest";
import { JobDesk } from "../../orchestrator/job-desk.ts";
import { KnownSegments } from "../../orchestrator/known-segments.ts";
import { lookAhead, nearSegments, segmentsAhead } from "../../orchestrator/look-ahead.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { segmentCount, videoTimeline } from "../../shared/media/timeline.ts";
import { planTitle } from "../../shared/media/title.ts";
import { rational } from "../../shared/rational.ts";
import type { SegmentReader } from "../../shared/storage/segment-storage.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";

const timeline = (seconds: number, segmentSeconds = 4) =>
  videoTimeline(
    exampleSource({ video: exampleVideo({ end: rational(seconds) }) }),
    rational(25),
    segmentSeconds,
  );
const film = timeline(600);
const indices = (index: number, of = film) => segmentsAhead(of, index).map((segment) => segment.index);

it("who begins is given the next three segments, each due when it would play", () => {
  // After a short start of 1, 1 and 2 s.
  expect(segmentsAhead(film, 0)).toEqual([
    { index: 1, dueInMs: 1000 },
    { index: 2, dueInMs: 2000 },
    { index: 3, dueInMs: 4000 },
  ]);
});

it("a whole chunk is asked for in one piece, where its first segment is the third ahead", () => {
  expect(segmentsAhead(film, 27)).toEqual(
    [28, 29, 30, 31, 32, 33, 34, 35].map((index) => ({ index, dueInMs: (index - 27) * 4000 })),
  );
  expect(indices(28)).toEqual([29, 30, 31]);
  expect(indices(27, timeline(600, 2))).not.toHaveLength(14);
  expect(indices(33, timeline(600, 2))).toHaveLength(14);
});

it("the longer a segment takes, the more of them are asked for ahead, so many at a time that they keep up", () => {
  expect(nearSegments(undefined, 4)).toBe(3);
  expect(nearSegments(900, 4)).toBe(3);
  expect(nearSegments(6000, 4)).toBe(4);
  expect(nearSegments(13_000, 4)).toBe(6);
  expect(nearSegments(600_000, 4)).toBe(10);
  expect(segmentsAhead(film, 28, 6).map(({ index }) => index)).toEqual([29, 30, 31, 32, 33, 34]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 28_000 }), (encodeMs) => {
      // One that is begun when it is asked for, is done when it is needed.
      expect((nearSegments(encodeMs, 4) - 1) * 4000).toBeGreaterThan(encodeMs);
    }),
  );
});

it("a chunk is as much film, however long the segments of a title are", () => {
  const copy = { segmentSeconds: 4, cuts: "A-*299.", codec: "", peakBitrate: 1, averageBitrate: 1 };
  const video = exampleVideo({ end: rational(300 * 62, 25), copy });
  const short = videoTimeline(exampleSource({ video }), rational(25), 4);
  const asked = Array.from({ length: 20 }, (_, index) => segmentsAhead(short, 20 + index));
  // Ten segments of 2.48 s.
  expect(asked.filter((segments) => segments.length === 12)).toHaveLength(2);
});

it("nothing is asked for past the end", () => {
  const last = segmentCount(film) - 1;
  expect(indices(last)).toEqual([]);
  expect(indices(last - 1)).toEqual([last]);
  for (let index = 0; index <= last; index++)
    expect(Math.max(0, ...indices(index))).toBeLessThanOrEqual(last);
});

it("a viewer who reads on finds every segment asked for before, and most of them a chunk at a time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.nat(60), (segmentSeconds, start) => {
      const of = timeline(600, segmentSeconds);
      const asked = new Set<number>();
      let calls = 0;
      for (let index = start; index < segmentCount(of); index++) {
        if (index > start) expect(asked).toContain(index);
        const fresh = indices(index, of).filter((next) => !asked.has(next));
        if (fresh.length > 0) calls += 1;
        for (const next of fresh) asked.add(next);
      }
      const chunk = Math.round(24 / segmentSeconds);
      expect(calls).toBeLessThanOrEqual(Math.ceil(asked.size / chunk) + chunk + 1);
    }),
  );
});

it("what was seen in storage is not looked for again at once, what was missing is", async () => {
  const looked: string[] = [];
  const storage: SegmentReader = {
    async find(name) {
      const file = name.slice(name.lastIndexOf("/") + 1);
      looked.push(file);
      return file === "3.m4s" ? undefined : { size: 1, body: async () => new ReadableStream() };
    },
  };
  const store = new MemoryLeaseStore();
  const desk = new JobDesk(store, 1000, silentLog);
  const title = await planTitle(exampleSource(), { segmentSeconds: 4 });
  const deps = { storage, desk, knownSegments: new KnownSegments() };
  for (const index of [0, 0, 1]) await lookAhead(title, title.video[0]!, index, deps);
  expect(looked).toEqual(["1.m4s", "2.m4s", "3.m4s", "3.m4s", "3.m4s", "4.m4s"]);
  expect(await store.stats()).toMatchObject({ queued: 1 });
});
