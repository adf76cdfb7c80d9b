import { expect, it } from "vitest";
import { type Job, jobId, parseJob } from "../../shared/job.ts";
import { jobFields } from "../../shared/job-fields.ts";

const title = { path: "a/film.mkv", fingerprint: "f", titleKey: "k", segmentSeconds: 4 };

it.each<[Job, object]>([
  [{ kind: "probe", path: "a/film.mkv" }, { job: "probe/a/film.mkv" }],
  [
    { kind: "init", ...title, rendition: "v720" },
    { segment: "v720/init", job: "k/v720/init" },
  ],
  [
    { kind: "segments", ...title, rendition: "v720", first: 3, count: 1 },
    { segment: "v720/3", job: "k/v720/3+1" },
  ],
  [
    { kind: "segments", ...title, rendition: "a0", first: 4, count: 4 },
    { segment: "a0/4-7", job: "k/a0/4+4" },
  ],
  [
    { kind: "asset", ...title, asset: "poster.jpg" },
    { asset: "poster.jpg", job: "k/asset/poster.jpg" },
  ],
])("a line about $kind says what of which title", (job, fields) => {
  expect(jobFields(job)).toEqual({ title: "a/film.mkv", ...fields });
});

it("the trace that asked for a job is no part of its id", () => {
  const job: Job = { kind: "init", ...title, rendition: "v720" };
  const traced: Job = { ...job, traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
  expect(jobId(traced)).toBe(jobId(job));
  expect(parseJob(JSON.stringify(traced))).toEqual(traced);
});
