import fc from "fast-check";
import { expect, it } from "vitest";
import { borderTime, segmentCount } from "../../shared/media/timeline.ts";
import { planTitle, type VideoRendition } from "../../shared/media/title.ts";
import { rational, subtract, toNumber } from "../../shared/rational.ts";
import { plannedRunMs, runLength } from "../../worker/run-length.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";

const GIB = 2 ** 30;
const speedOf = () => 2;
const ample = { dueInMs: 3_600_000, memoryBytes: 4 * GIB, speedOf };

async function plan(changes: Parameters<typeof exampleVideo>[0] = {}, segmentSeconds = 4) {
  const source = exampleSource({ video: exampleVideo({ end: rational(600), ...changes }), audio: [] });
  const { video } = await planTitle(source, { segmentSeconds });
  const length = (id: string, first: number, limits = ample) =>
    runLength(source, video.find((rendition) => rendition.id === id)!, first, limits);
  return { video, length, source };
}

const filmSeconds = ({ timeline }: VideoRendition, first: number, count: number) =>
  toNumber(subtract(borderTime(timeline, first + count), borderTime(timeline, first)));

it("a run is six segments of 4 s where there is time, also of 4.004 s, and as much film in others", async () => {
  expect((await plan()).length("v720", 20)).toBe(6);
  expect((await plan({ baseRate: rational(24000, 1001) })).length("v720", 20)).toBe(6);
  expect((await plan({}, 2)).length("v360", 20)).toBe(12);
  expect((await plan({}, 10)).length("v720", 20)).toBe(2);
});

it("the larger the picture, the fewer encoders there is memory for: of the largest, one", async () => {
  const { length } = await plan({ width: 7680, height: 4320 });
  const lengths = ["v240", "v720", "v1080", "v2160", "v4320"].map((id) => length(id, 20));
  expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  expect(lengths.at(-1)).toBe(1);
  expect((await plan()).length("v1080", 20)).toBe(3);
});

it("a machine of little memory makes shorter runs", async () => {
  const { length } = await plan();
  expect(length("v720", 20, { ...ample, memoryBytes: 0.75 * GIB })).toBeLessThan(6);
  expect(length("v720", 20, { ...ample, memoryBytes: 0.1 * GIB })).toBe(1);
});

it("a film of HDR, whose pictures are mapped in floats, has room for fewer encoders", async () => {
  const video = (transfer: string) => ({
    width: 3840,
    height: 2160,
    colour: { isFullRange: false, transfer },
  });
  const [sdr, hdr] = [await plan(video("bt709")), await plan(video("smpte2084"))];
  expect(sdr.length("v1080", 20)).toBe(2);
  expect(hdr.length("v720", 20)).toBeLessThan(sdr.length("v720", 20));
});

it("whoever waits, or soon will, gets a segment of their own", async () => {
  const { length } = await plan();
  for (const dueInMs of [-5000, 0, 1, 2000]) expect(length("v720", 20, { ...ample, dueInMs })).toBe(1);
});

it("a run is over before its first segment is needed, stays within the film and has at least one", async () => {
  const [full, short] = [await plan({ baseRate: rational(24000, 1001) }), await plan({ end: rational(3) })];
  const cases = fc.record({
    of: fc.constantFrom(full, short),
    at: fc.nat(),
    id: fc.constantFrom("v240", "v480", "v1080"),
    dueInMs: fc.integer({ min: -10_000, max: 100_000 }),
    memoryBytes: fc.integer({ min: 0, max: 8 * GIB }),
    speedOf: fc.double({ min: 0.5, max: 8, noNaN: true }).map((speed) => () => speed),
  });
  fc.assert(
    fc.property(cases, ({ of, at, id, ...limits }) => {
      const rendition = of.video.find((candidate) => candidate.id === id)!;
      const first = at % segmentCount(rendition.timeline);
      const count = of.length(id, first, limits);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(first + count).toBeLessThanOrEqual(segmentCount(rendition.timeline));
      if (count === 1) return;
      const seconds = filmSeconds(rendition, first, count);
      // And what two frames take, so that six segments of 4.004 s are not one too many.
      const { rate } = rendition.timeline;
      const spareMs = (2000 * rate.d) / rate.n / limits.speedOf();
      const mostMs = limits.dueInMs + spareMs + 0.001;
      expect(plannedRunMs([{ rendition, first, count }], limits)).toBeLessThanOrEqual(mostMs);
      expect(seconds).toBeLessThanOrEqual(24.1);
    }),
  );
});
