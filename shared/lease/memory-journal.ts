import type { JobRecord } from "./job-record.ts";
import {
  FAULT_RETAIN_MS,
  type LeaseFault,
  type LeaseOverview,
  type LeaseTotals,
  MOST_FAULTS,
  WORKER_RETAIN_MS,
} from "./lease-overview.ts";

interface WorkerRecord {
  self: string;
  heardAt: number;
  seenAt: number;
  lapsedAt: number;
}

/** What a store in memory remembers for whoever looks on; nothing else depends on it. */
export class MemoryJournal {
  readonly #workers = new Map<string, WorkerRecord>();
  readonly #totals: Record<keyof LeaseTotals, number> = { done: 0, failed: 0, lapsed: 0, dead: 0 };
  #faults: readonly LeaseFault[] = [];

  count(total: keyof LeaseTotals): void {
    this.#totals[total] += 1;
  }

  /** A worker did something. */
  saw(worker: string, now: number): void {
    const known = this.#workers.get(worker);
    const { self = "", heardAt = 0, lapsedAt = 0 } = known ?? {};
    this.#workers.set(worker, { self, heardAt, seenAt: now, lapsedAt });
  }

  /** A worker said something about itself. */
  heard(worker: string, self: string, now: number): void {
    for (const [name, { seenAt }] of this.#workers)
      if (seenAt <= now - WORKER_RETAIN_MS) this.#workers.delete(name);
    this.#workers.set(worker, { self, heardAt: now, seenAt: now, lapsedAt: 0 });
  }

  note(kind: LeaseFault["kind"], job: JobRecord, worker: string, reason: string, now: number): void {
    const { id, payload, attempts: attempt } = job;
    this.#faults = [{ at: now, kind, id, payload, worker, attempt, reason }, ...this.#faults].slice(
      0,
      MOST_FAULTS,
    );
  }

  /** A lease ran out. */
  lapsed(job: JobRecord, now: number): void {
    this.count("lapsed");
    this.note("lapsed", job, job.claimant, "", now);
    const known = this.#workers.get(job.claimant);
    if (known) known.lapsedAt = now;
  }

  overview(now: number): Pick<LeaseOverview, "workers" | "faults" | "totals"> {
    const workers = [...this.#workers].flatMap(([worker, { self, heardAt, seenAt, lapsedAt }]) =>
      seenAt > now - WORKER_RETAIN_MS
        ? [{ worker, seenAt, heardAt, self, ...(lapsedAt > seenAt && { lapsedAt }) }]
        : [],
    );
    const faults = this.#faults.filter(({ at }) => at > now - FAULT_RETAIN_MS);
    return { workers, faults, totals: { ...this.#totals } };
  }
}
