import { expect, it } from "vitest";
import { parseWorkerReport } from "../../shared/fleet/worker-report.ts";
import type { SegmentsJob } from "../../shared/job.ts";
import { WorkTally } from "../../worker/work-tally.ts";

const JOB: SegmentsJob = {
  ...{ kind: "segments", path: "a.mp4", fingerprint: "f", titleKey: "t", segmentSeconds: 4 },
  ...{ rendition: "a0", first: 0, count: 4 },
};

function setUp() {
  const clock = { now: 0 };
  const tally = new WorkTally({ concurrency: 2 }, () => clock.now);
  const report = () => {
    const said = tally.report();
    return said === undefined ? undefined : parseWorkerReport(said);
  };
  return { clock, tally, report };
}

it("tells how fast media was made, for the time at work alone", () => {
  const { clock, tally, report } = setUp();
  clock.now = 10_000;
  tally.underWay(1);
  clock.now = 14_000;
  tally.done(JOB);
  tally.underWay(0);
  clock.now = 20_000;
  expect(report()).toEqual({
    ...{ concurrency: 2, upMs: 20_000, idleMs: 6000, done: 1, failed: 0 },
    // 16 seconds of sound in 4 seconds, and 4 segments in the 20 seconds since it began.
    ...{ speed: 4, segmentsPerSecond: 0.2 },
  });
});

it("forgets what is more than a minute ago", () => {
  const { clock, tally, report } = setUp();
  tally.underWay(1);
  clock.now = 1000;
  tally.done(JOB);
  tally.underWay(0);
  clock.now = 62_000;
  expect(report()).toMatchObject({ done: 1, segmentsPerSecond: 0 });
  clock.now = 65_000;
  expect(report()).not.toHaveProperty("speed");
});

it("repeats itself every two seconds, and tells what is new sooner", () => {
  const { clock, tally, report } = setUp();
  expect(report()).toBeDefined();
  clock.now = 1999;
  expect(report()).toBeUndefined();
  clock.now = 2000;
  expect(report()).toMatchObject({ done: 0 });
  tally.done(JOB);
  clock.now = 2249;
  expect(report()).toBeUndefined();
  clock.now = 2250;
  expect(report()).toMatchObject({ done: 1 });
});

it("says goodbye at any time", () => {
  const { tally, report } = setUp();
  report();
  expect(parseWorkerReport(tally.farewell())).toMatchObject({ isLeaving: true });
});

it("a report that is not understood is nothing", () => {
  for (const text of ["", "?", "[]", '{"done":"many"}']) expect(parseWorkerReport(text)).toEqual({});
});
