import type { LeaseOverview } from "../lease/lease-overview.ts";
import { describeWorker } from "./describe-worker.ts";

/** A worker that will not be heard of again, as far as one can tell. */
export interface LostWorker {
  /** The claimant. */
  readonly id: string;
  /** What the operator calls it. */
  readonly name: string;
  /** When it last claimed something, or said what became of it: milliseconds since 1970 on the store's clock. */
  readonly seenAt: number;
  /** What it was at. */
  readonly jobs: number;
}

/**
 * Those that are silent and have nothing left that they could still renew. Whoever looks, and whenever, sees a lost
 * worker with the same `id` and `seenAt`.
 */
export function lostWorkers({ workers, leases, faults, now }: LeaseOverview): readonly LostWorker[] {
  const holders = new Set(leases.map(({ worker }) => worker));
  return workers.flatMap((seen): readonly LostWorker[] => {
    const { worker: id, seenAt } = seen;
    const view = holders.has(id) ? undefined : describeWorker(id, seen, [], now);
    if (view?.state !== "silent") return [];
    const lapsed = faults.filter(
      ({ kind, worker, at }) => kind === "lapsed" && worker === id && at >= seenAt,
    );
    return [{ id, name: view.name, seenAt, jobs: lapsed.length }];
  });
}
