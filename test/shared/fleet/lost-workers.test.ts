import { expect, it } from "vitest";
import { lostWorkers } from "../../../shared/fleet/lost-workers.ts";
import { formatWorkerReport, type WorkerReport } from "../../../shared/fleet/worker-report.ts";
import type {
  LeaseFault,
  LeaseOverview,
  LeaseSeen,
  WorkerSeen,
} from "../../../shared/lease/lease-overview.ts";

const NOW = 1_700_000_000_000;

const overview = (parts: Pick<LeaseOverview, "workers"> & Partial<LeaseOverview>): LeaseOverview => ({
  now: NOW,
  queue: { awaited: 0, ahead: 0, later: 0, backingOff: 0 },
  totals: { done: 0, failed: 0, lapsed: 0, dead: 0 },
  ...{ leases: [], faults: [], queued: [] },
  ...parts,
});
const worker = (agoMs: number, lapsedAgoMs?: number, report: WorkerReport = {}): WorkerSeen => ({
  ...{ worker: "w1/1234", seenAt: NOW - agoMs, heardAt: NOW - agoMs, self: formatWorkerReport(report) },
  ...(lapsedAgoMs !== undefined && { lapsedAt: NOW - lapsedAgoMs }),
});
const lapse = (agoMs: number, name = "w1/1234"): LeaseFault => ({
  ...{
    at: NOW - agoMs,
    kind: "lapsed",
    id: "abc/v480/8+1",
    payload: "",
    worker: name,
    attempt: 1,
    reason: "",
  },
});
const lease = (agoMs: number): LeaseSeen => ({
  ...{ id: "abc/v480/9+1", payload: "", worker: "w1/1234", since: NOW - 5000, attempt: 1, deadline: NOW },
  ...{ renewedAt: NOW - agoMs, until: NOW - agoMs + 3000, isSecond: false },
});

it("names one whose leases ran out, with what it was at since it was last seen", () => {
  const faults = [lapse(1000), lapse(1500), lapse(9000), lapse(1000, "w2/5")];
  expect(lostWorkers(overview({ workers: [worker(4000, 1000)], faults }))).toEqual([
    { id: "w1/1234", name: "w1", seenAt: NOW - 4000, jobs: 2 },
  ]);
});

it("names one that had nothing to do and no longer asks for work", () => {
  expect(lostWorkers(overview({ workers: [worker(20_001)] }))).toMatchObject([{ name: "w1", jobs: 0 }]);
  expect(lostWorkers(overview({ workers: [worker(20_000)] }))).toEqual([]);
});

it("waits while one holds something that it may still renew", () => {
  const workers = [worker(4000, 1000)];
  for (const renewedAgoMs of [0, 2900])
    expect(lostWorkers(overview({ workers, leases: [lease(renewedAgoMs)] }))).toEqual([]);
});

it("does not name one that left in good order, or was seen since", () => {
  expect(lostWorkers(overview({ workers: [worker(30_000, undefined, { isLeaving: true })] }))).toEqual([]);
  expect(lostWorkers(overview({ workers: [worker(1000, 4000)] }))).toEqual([]);
});
