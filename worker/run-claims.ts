import { LRUCache } from "lru-cache";
import { jobId, parseJob, type SegmentsJob } from "../shared/job.ts";
import type { Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import type { Claimant } from "./claimant.ts";
import type { SegmentRuns } from "./segment-runs.ts";

/** Titles of which one rung alone is wanted, and for how long that is taken for granted: most have few viewers. */
const ONE_RUNG_TITLES = 64;
const ONE_RUNG_MS = 10_000;

/** A lease, and the signal that fires when it is lost or not wanted any more. */
export interface Held {
  readonly lease: Lease;
  /** When it was asked for, on the clock of `performance.now()`. */
  readonly claimedAt: number;
  readonly signal: AbortSignal;
}

/** A lease in a run. */
export interface HeldInRun extends Held {
  readonly job: SegmentsJob;
}

/** A run whose jobs are held. */
export interface HeldRun {
  /** By rung, in each in their order; the first is the one that the run began with. */
  readonly rungs: readonly (readonly HeldInRun[])[];
  readonly plannedMs: number;
}

export interface RunClaimsDeps {
  readonly store: Pick<LeaseStore, "status">;
  readonly claimant: Claimant;
  readonly runs: SegmentRuns;
  /** Holds what was claimed at that time, on the clock of `performance.now()`. */
  readonly hold: (lease: Lease, claimedAt: number) => Held;
  /** Begins with what an earlier call was granted, whose answer was lost. */
  readonly start: (held: readonly Held[]) => void;
  readonly isStopping: () => boolean;
}

function traceOf({ payload }: Lease): Pick<SegmentsJob, "traceparent"> {
  const { traceparent } = parseJob(payload);
  return traceparent === undefined ? {} : { traceparent };
}

/** Gathers the jobs that are made in one go with one that is held. */
export class RunClaims {
  readonly #deps: RunClaimsDeps;
  /** By key. */
  readonly #oneRung = new LRUCache<string, true>({ max: ONE_RUNG_TITLES, ttl: ONE_RUNG_MS });

  constructor(deps: RunClaimsDeps) {
    this.#deps = deps;
  }

  /**
   * @param waiting leases that nothing has begun with; those that are taken along leave it.
   * @returns nothing where the job is made alone.
   */
  async startingWith(first: Held, waiting: Map<string, Held>): Promise<HeldRun | undefined> {
    const proposal = await this.#deps.runs.startingWith(first.lease, first.signal);
    if (!proposal) return undefined;
    const chosen = proposal.choose(await this.#lookFor(proposal.others, waiting, first.signal));
    if (this.#deps.isStopping()) return undefined;
    const granted = await this.#claim(chosen, waiting, first);
    const rungs = chosen
      .map((jobs) =>
        jobs.flatMap((job): HeldInRun[] => {
          const held = granted.get(jobId(job));
          return held ? [{ ...held, job: { ...job, ...traceOf(held.lease) } }] : [];
        }),
      )
      .filter((jobs) => jobs.length > 0);
    if (rungs.flat().length < 2) return undefined;
    return { rungs, plannedMs: proposal.plannedMs(rungs.map((jobs) => jobs.map(({ job }) => job))) };
  }

  /** A hint: what is asked for by name is what counts. */
  async #lookFor(
    jobs: readonly SegmentsJob[],
    waiting: ReadonlyMap<string, Held>,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const [job] = jobs;
    if (!job) return new Set();
    const ids = jobs.map(jobId);
    const isOneRung = this.#oneRung.has(job.titleKey);
    const statuses = isOneRung ? [] : await this.#deps.store.status(ids, signal);
    const found = new Set(ids.filter((id, k) => waiting.has(id) || statuses[k]?.kind === "queued"));
    if (!isOneRung && found.size === 0) this.#oneRung.set(job.titleKey, true);
    return found;
  }

  async #claim(
    chosen: readonly (readonly SegmentsJob[])[],
    waiting: Map<string, Held>,
    first: Held,
  ): Promise<ReadonlyMap<string, Held>> {
    const { claimant, hold, start } = this.#deps;
    const ids = new Set(chosen.flat().map(jobId));
    const granted = new Map([[first.lease.id, first]]);
    const isWanted = (id: string) => !granted.has(id) && !waiting.has(id);
    const following = chosen.map((jobs) => jobs.map(jobId).filter(isWanted));
    const count = following.flat().length;
    const answer = count > 0 ? await claimant.claim({ count, following }) : undefined;
    for (const lease of answer?.leases ?? []) {
      const held = hold(lease, answer!.claimedAt);
      if (ids.has(lease.id)) granted.set(lease.id, held);
      else start([held]);
    }
    for (const [id, held] of waiting) {
      if (!ids.has(id) || granted.has(id) || held.signal.aborted) continue;
      granted.set(id, held);
      waiting.delete(id);
    }
    return granted;
  }
}
