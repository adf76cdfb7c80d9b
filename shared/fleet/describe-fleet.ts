import type { LeaseOverview, LeaseSeen } from "../lease/lease-overview.ts";
import { describeFault } from "./describe-fault.ts";
import { describeWorker } from "./describe-worker.ts";
import type { FleetView, WorkerState } from "./fleet-view.ts";

const ORDER: readonly WorkerState[] = ["silent", "working", "idle", "gone"];

/** What a lease store knows, as people look at it. @param isFleet whether there is a store for many. */
export function describeFleet(overview: LeaseOverview, isFleet: boolean): FleetView {
  const { now, queue, leases, totals, isAway } = overview;
  const { earliestDeadline: earliest } = queue;
  return {
    now,
    mode: !isFleet ? "embedded" : isAway ? "redis-away" : "fleet",
    workers: describeWorkers(overview),
    queue: {
      awaited: queue.awaited,
      lookAhead: queue.ahead,
      prepare: queue.later,
      backingOff: queue.backingOff,
      oldestSince: earliest !== undefined && earliest <= now ? earliest : null,
    },
    leases: leases.length,
    totals,
    faults: overview.faults.map(describeFault),
  };
}

/** Those first that somebody should look after; else by name. */
function describeWorkers({ workers, leases, now }: LeaseOverview): FleetView["workers"] {
  const seen = new Map(workers.map((worker) => [worker.worker, worker]));
  const held = new Map<string, LeaseSeen[]>();
  for (const lease of leases) held.set(lease.worker, [...(held.get(lease.worker) ?? []), lease]);
  return [...new Set([...seen.keys(), ...held.keys()])]
    .flatMap((id) => describeWorker(id, seen.get(id), held.get(id) ?? [], now) ?? [])
    .sort(
      (a, b) =>
        ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
        a.name.localeCompare(b.name, "en", { numeric: true }) ||
        (a.id < b.id ? -1 : 1),
    );
}
