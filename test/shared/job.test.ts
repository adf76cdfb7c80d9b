import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatJob,
  initJob,
  type Job,
  jobId,
  parseJob,
  planOptionsOf,
  segmentsJob,
} from "../../shared/job.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { planTitle } from "../../shared/media/title.ts";
import { rational } from "../../shared/rational.ts";
import { exampleAudio, exampleSource, exampleVideo } from "./media/example-source.ts";

const minute = { video: exampleVideo({ end: rational(60) }), audio: [exampleAudio({ end: rational(60) })] };
const plan = (changes = {}) => planTitle(exampleSource({ ...minute, ...changes }), { segmentSeconds: 4 });

describe("a job", () => {
  it("for a video segment makes that one", async () => {
    const title = await plan();
    expect(segmentsJob(title, title.video[0]!, 5)).toEqual({
      kind: "segments",
      path: "films/example.mp4",
      fingerprint: title.source.fingerprint,
      titleKey: title.key,
      segmentSeconds: 4,
      rendition: "v240",
      first: 5,
      count: 1,
    });
  });

  it("says what its title was planned for, so that a worker plans the same", async () => {
    const title = await planTitle(exampleSource(minute), { segmentSeconds: 4, encoder: "vaapi" });
    const job = segmentsJob(title, title.video[0]!, 5);
    expect(parseJob(formatJob(job))).toMatchObject({ segmentSeconds: 4, encoder: "vaapi" });
    expect(planOptionsOf(job)).toEqual(title.options);
    expect(planOptionsOf({})).toBeUndefined();
  });

  it("for sound makes the same four whichever is asked for", async () => {
    const title = await plan();
    const sound = title.audio[0]!;
    const jobs = [4, 5, 6, 7].map((index) => segmentsJob(title, sound, index));
    expect(jobs.map(({ first, count }) => [first, count])).toEqual([
      [4, 4],
      [4, 4],
      [4, 4],
      [4, 4],
    ]);
    expect(new Set(jobs.map(jobId)).size).toBe(1);
  });

  it("never reaches past the last segment, and every segment is in one job", async () => {
    const title = await plan();
    for (const rendition of [title.video[0]!, title.audio[0]!]) {
      const end = segmentCount(rendition.timeline);
      const made = new Map<string, [number, number]>();
      for (let index = 0; index < end; index++) {
        const job = segmentsJob(title, rendition, index);
        expect(job.first).toBeLessThanOrEqual(index);
        expect(job.first + job.count).toBeGreaterThan(index);
        expect(job.first + job.count).toBeLessThanOrEqual(end);
        made.set(jobId(job), [job.first, job.count]);
      }
      expect([...made.values()].reduce((sum, [, count]) => sum + count, 0)).toBe(end);
    }
  });

  it("has the same id for equal work, another for any other", async () => {
    const [title, again] = [await plan(), await plan()];
    const other = await plan({ fingerprint: "e".repeat(32) });
    const [picture, sound] = [title.video[0]!, title.audio[0]!];
    expect(jobId(segmentsJob(title, picture, 1))).toBe(jobId(segmentsJob(again, again.video[0]!, 1)));
    const ids = [
      jobId({ kind: "probe", path: title.source.path }),
      jobId({ kind: "probe", path: `${title.source.path} ` }),
      jobId(initJob(title, picture)),
      jobId(initJob(title, sound)),
      jobId(segmentsJob(title, picture, 0)),
      jobId(segmentsJob(title, picture, 1)),
      jobId(segmentsJob(title, title.video[1]!, 0)),
      jobId(segmentsJob(title, sound, 0)),
      jobId(segmentsJob(other, other.video[0]!, 0)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("crosses the lease store unchanged, whatever its path holds", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.nat(1000),
        fc.integer({ min: 1, max: 9 }),
        (path, first, count) => {
          const reference = { path, fingerprint: "f", titleKey: "k", segmentSeconds: 4, rendition: "v720" };
          const jobs: Job[] = [
            { kind: "probe", path },
            { kind: "init", ...reference },
            { kind: "segments", ...reference, first, count },
          ];
          for (const job of jobs) {
            const payload = formatJob(job);
            expect(parseJob(payload)).toEqual(job);
            expect(payload).not.toMatch(/[\n\r]/);
          }
        },
      ),
    );
  });

  it.each([
    "",
    "{}",
    "null",
    '{"kind":"probe"}',
    '{"kind":"other","path":"a"}',
    '{"kind":"segments","path":"a"}',
  ])("is not made of %j", (payload) => {
    expect(() => parseJob(payload)).toThrow();
  });
});
