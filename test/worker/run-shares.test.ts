import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentCount } from "../../shared/media/timeline.ts";
import { planTitle, type VideoRendition } from "../../shared/media/title.ts";
import { rational } from "../../shared/rational.ts";
import { fitsRun, type RunShare } from "../../worker/run-length.ts";
import { chooseShares, runFrom } from "../../worker/run-shares.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";

const GIB = 2 ** 30;
const ample = { dueInMs: 3_600_000, memoryBytes: 4 * GIB, speedOf: () => 2 };

async function plan(changes: Parameters<typeof exampleVideo>[0] = {}) {
  const source = exampleSource({ video: exampleVideo({ end: rational(600), ...changes }), audio: [] });
  const { video } = await planTitle(source, { segmentSeconds: 4 });
  const start = (id: string, first: number, limits = ample) =>
    runFrom(source, video, video.find((rendition) => rendition.id === id)!, first, limits);
  return { source, video, start };
}

const all = () => true;
const none = () => false;
/** Such as `v240 20+6`. */
const inWords = (shares: readonly RunShare[]) =>
  shares.map(({ rendition, first, count }) => `${rendition.id} ${first}+${count}`);

describe("a run of a 1080p film", () => {
  it("is as long as that of its own rung, where nothing else is queued", async () => {
    const { start } = await plan();
    expect(inWords(chooseShares(start("v720", 20), none))).toEqual(["v720 20+6"]);
    expect(inWords(chooseShares(start("v1080", 20), none))).toEqual(["v1080 20+3"]);
  });

  it("takes all rungs rather than more segments of one, its own first", async () => {
    const { start } = await plan();
    for (const own of ["v240", "v1080"])
      expect(inWords(chooseShares(start(own, 20), all))).toEqual([
        `${own} 20+1`,
        ...["v240", "v360", "v480", "v720", "v1080"].filter((id) => id !== own).map((id) => `${id} 20+1`),
      ]);
  });

  it("takes as many segments as there is memory for in all of its rungs", async () => {
    const { start } = await plan();
    const small = ({ id }: VideoRendition) => ["v240", "v360"].includes(id);
    expect(inWords(chooseShares(start("v240", 20), small))).toEqual(["v240 20+6", "v360 20+6"]);
    expect(inWords(chooseShares(start("v720", 20), small))).toEqual(["v720 20+3", "v240 20+3", "v360 20+3"]);
  });

  it("takes of another rung what is queued, up to the first gap", async () => {
    const { start } = await plan();
    const some = ({ id }: VideoRendition, index: number) => id === "v360" && [21, 22, 24].includes(index);
    expect(inWords(chooseShares(start("v240", 20), some))).toEqual(["v240 20+6", "v360 21+2"]);
  });

  it("gives up nothing of its own rung for what would come after its end", async () => {
    const { start } = await plan();
    const late = ({ id }: VideoRendition, index: number) => id === "v1080" && index === 22;
    expect(inWords(chooseShares(start("v720", 20), late))).toEqual(["v720 20+4", "v1080 22+1"]);
    const later = ({ id }: VideoRendition, index: number) => id === "v480" && index === 25;
    expect(inWords(chooseShares(start("v720", 20), later))).toEqual(["v720 20+6"]);
  });
});

it("where there is no memory for all rungs, the smallest are made together", async () => {
  const { start } = await plan({ width: 3840, height: 2160 });
  expect(inWords(chooseShares(start("v720", 20), all))).toEqual(
    ["v720", "v240", "v360", "v480", "v1080"].map((id) => `${id} 20+1`),
  );
  expect(inWords(chooseShares(start("v1440", 20), all))).toEqual(
    ["v1440", "v240", "v360", "v480"].map((id) => `${id} 20+1`),
  );
});

it("what has no place beside the run's own rung is not even looked for", async () => {
  const { start } = await plan({ width: 3840, height: 2160 });
  expect(start("v2160", 20).others).toEqual([]);
  expect(start("v1080", 20).others.map(({ rendition }) => rendition.id)).not.toContain("v2160");
  const { start: hd } = await plan();
  expect(hd("v240", 20, { ...ample, memoryBytes: 0.1 * GIB }).others).toEqual([]);
  expect(hd("v240", 20, { ...ample, dueInMs: 2000 }).others).toEqual([]);
});

it("rungs of another grid of frames are not made together", async () => {
  const { source, video } = await plan();
  const [own, other, ...rest] = video as [VideoRendition, VideoRendition];
  const apart = { ...other, timeline: { ...other.timeline, borders: [...other.timeline.borders] } };
  const { others } = runFrom(source, [own, apart, ...rest], own, 20, ample);
  expect(others.map(({ rendition }) => rendition.id)).not.toContain(other.id);
});

it("whatever is queued, there is memory and time for a run, and its own rung's first is in it", async () => {
  const films = [await plan(), await plan({ end: rational(9) }), await plan({ width: 7680, height: 4320 })];
  const cases = fc.record({
    film: fc.constantFrom(...films),
    rung: fc.nat(),
    at: fc.nat(),
    queued: fc.infiniteStream(fc.boolean()),
    dueInMs: fc.integer({ min: -10_000, max: 100_000 }),
    memoryBytes: fc.integer({ min: 0, max: 8 * GIB }),
    speedOf: fc.double({ min: 0.5, max: 8, noNaN: true }).map((speed) => () => speed),
  });
  fc.assert(
    fc.property(cases, ({ film: { source, video }, rung, at, queued, ...limits }) => {
      const rendition = video[rung % video.length]!;
      const count = segmentCount(rendition.timeline);
      const first = at % count;
      const start = runFrom(source, video, rendition, first, limits);
      const [own, ...others] = chooseShares(start, () => queued.next().value!);
      expect(own).toMatchObject({ rendition, first });
      expect(own!.count).toBeLessThanOrEqual(start.own.count);
      for (const other of others) {
        expect(other.first).toBeGreaterThanOrEqual(first);
        expect(other.first + other.count).toBeLessThanOrEqual(own!.first + own!.count);
      }
      if (others.length > 0) expect(fitsRun(source, [own!, ...others], limits)).toBe(true);
    }),
  );
});
