import { expect, it } from "vitest";
import { describeFleet } from "../../../shared/fleet/describe-fleet.ts";
import { fleetViewSchema } from "../../../shared/fleet/fleet-view.ts";
import { formatWorkerReport, type WorkerReport } from "../../../shared/fleet/worker-report.ts";
import { formatJob } from "../../../shared/job.ts";
import type {
  LeaseFault,
  LeaseOverview,
  LeaseSeen,
  WorkerSeen,
} from "../../../shared/lease/lease-overview.ts";

const NOW = 1_700_000_000_000;
const PAYLOAD = formatJob({
  ...{ kind: "segments", path: "series/one.mkv", fingerprint: "f", titleKey: "abc", segmentSeconds: 4 },
  ...{ rendition: "v480", first: 8, count: 1 },
});

function overview(changes: Partial<LeaseOverview>): LeaseOverview {
  return {
    now: NOW,
    queue: { awaited: 0, ahead: 0, later: 0, backingOff: 0 },
    ...{ leases: [], workers: [], faults: [], queued: [] },
    totals: { done: 0, failed: 0, lapsed: 0, dead: 0 },
    ...changes,
  };
}

const seen = (agoMs: number, report: WorkerReport = {}, changes: Partial<WorkerSeen> = {}): WorkerSeen => ({
  ...{ worker: "w1/1234", seenAt: NOW - agoMs, heardAt: NOW - agoMs },
  self: formatWorkerReport(report),
  ...changes,
});
const lease = (renewedAgoMs: number, changes: Partial<LeaseSeen> = {}): LeaseSeen => ({
  ...{ id: "abc/v480/8+1", payload: PAYLOAD, worker: "w1/1234", since: NOW - 5000, attempt: 1 },
  ...{
    deadline: NOW - 5000,
    renewedAt: NOW - renewedAgoMs,
    until: NOW - renewedAgoMs + 3000,
    isSecond: false,
  },
  ...changes,
});
const only = (changes: Partial<LeaseOverview>) => describeFleet(overview(changes), true).workers[0];

it("shows an idle worker, how long it has been so, and what it says about itself", () => {
  const report = {
    concurrency: 4,
    version: "1.2.3",
    upMs: 60_000,
    idleMs: 7000,
    done: 12,
    failed: 1,
    speed: 3.5,
  };
  expect(only({ workers: [seen(2000, report)] })).toMatchObject({
    ...{ id: "w1/1234", name: "w1", state: "idle", since: NOW - 9000, jobs: [], startedAt: NOW - 62_000 },
    ...{ concurrency: 4, version: "1.2.3", done: 12, failed: 1, speed: 3.5 },
  });
});

it("does not believe what a worker said of its idleness before its last job", () => {
  const worker = seen(9000, { idleMs: 60_000 }, { seenAt: NOW - 1000 });
  expect(only({ workers: [worker] })).toMatchObject({ state: "idle", since: NOW - 1000 });
});

it("shows a working worker with what it makes, though it has said nothing for long", () => {
  expect(only({ workers: [seen(120_000)], leases: [lease(800)] })).toMatchObject({
    ...{ state: "working", since: NOW - 5000, seenAt: NOW - 800 },
    jobs: [
      {
        ...{ kind: "segments", path: "series/one.mkv", rendition: "v480", first: 8, count: 1 },
        ...{ since: NOW - 5000, attempt: 1, isAwaited: true, isSecond: false },
      },
    ],
  });
});

it("knows a worker by its lease alone, as one of another version", () => {
  expect(only({ leases: [lease(800, { payload: "?" })] })).toMatchObject({
    ...{ name: "w1", state: "working", jobs: [{ kind: "other" }] },
  });
});

it.each([
  [
    "has not renewed its lease when it should have",
    { workers: [seen(9000)], leases: [lease(2400)] },
    NOW - 2400,
  ],
  ["let a lease run out", { workers: [seen(9000, {}, { lapsedAt: NOW - 1000 })] }, NOW - 1000],
  ["does not ask for work any more", { workers: [seen(21_000)] }, NOW - 21_000],
])("calls a worker silent that %s", (_, changes, since) => {
  expect(only(changes)).toMatchObject({ state: "silent", since });
});

it("takes a worker that renews another lease after one ran out for alive", () => {
  const workers = [seen(9000, {}, { lapsedAt: NOW - 4000 })];
  expect(only({ workers, leases: [lease(500)] })).toMatchObject({ state: "working" });
});

it("shows one that said goodbye for a minute, and lists first who should be looked after", () => {
  const bye = { isLeaving: true };
  const workers = [
    seen(59_000, bye, { worker: "gone/1" }),
    seen(61_000, bye, { worker: "long gone/1" }),
    seen(1000, {}, { worker: "w10/1" }),
    seen(1000, {}, { worker: "w9/1" }),
    seen(30_000, {}, { worker: "z/1" }),
  ];
  const view = describeFleet(overview({ workers }), true);
  expect(view.workers.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "z silent",
    "w9 idle",
    "w10 idle",
    "gone gone",
  ]);
});

it.each<[Partial<LeaseFault>, string, string]>([
  [
    { kind: "lapsed", reason: "" },
    "worker-silent",
    "w1 stopped answering while it made segment 8 of v480 of “series/one.mkv”. The next free worker makes it.",
  ],
  [
    { kind: "failed", reason: "encode-failed: FFmpeg gave up" },
    "encode-failed",
    "w1 failed at segment 8 of v480 of “series/one.mkv”: FFmpeg gave up. It is tried again.",
  ],
  [
    { kind: "dead", reason: "source-damaged: The file is damaged.", attempt: 3 },
    "source-damaged",
    "w1 gave up on segment 8 of v480 of “series/one.mkv” at attempt 3: The file is damaged.",
  ],
])("tells in plain words what went wrong: %j", (changes, code, text) => {
  const fault: LeaseFault = {
    ...{ at: NOW - 1, kind: "failed", id: "abc/v480/8+1", payload: PAYLOAD, worker: "w1/1234", attempt: 1 },
    ...{ reason: "", ...changes },
  };
  expect(describeFleet(overview({ faults: [fault] }), true).faults[0]).toMatchObject({
    code,
    text,
    worker: "w1",
  });
});

it("says since when the first has waited, and only where somebody does", () => {
  const queue = { awaited: 1, ahead: 2, later: 3, backingOff: 4, earliestDeadline: NOW - 1500 };
  expect(describeFleet(overview({ queue }), true).queue).toEqual({
    ...{ awaited: 1, lookAhead: 2, prepare: 3, backingOff: 4, oldestSince: NOW - 1500 },
  });
  const later = { ...queue, awaited: 0, earliestDeadline: NOW + 1 };
  expect(describeFleet(overview({ queue: later }), true).queue.oldestSince).toBeNull();
});

it("says who does the work, and keeps to its schema", () => {
  const modes = [
    describeFleet(overview({}), false),
    describeFleet(overview({ leases: [lease(0)], workers: [seen(0)] }), true),
    describeFleet(overview({ isAway: true }), true),
  ];
  expect(modes.map(({ mode }) => mode)).toEqual(["embedded", "fleet", "redis-away"]);
  for (const view of modes) expect(fleetViewSchema.parse(JSON.parse(JSON.stringify(view)))).toBeDefined();
});
