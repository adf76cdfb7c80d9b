import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FaultError, formatReason } from "../shared/fault.ts";
import { type Job, parseJob } from "../shared/job.ts";
import type { CommitOutcome, CommitResult, Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import { LeaseCancelledError, LeaseKeeper, LeaseLostError } from "./lease-keeper.ts";
import { performJob } from "./perform-job.ts";
import { TitleSource } from "./title-source.ts";
import { Wake } from "./wake.ts";

export interface WorkerOptions {
  readonly id: string;
  readonly mediaDir: string;
  readonly store: LeaseStore;
  readonly storage: SegmentStorage;
  /** Jobs at a time. One more is taken on when all of these are look-ahead and somebody waits. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How long running jobs may go on once the worker is told to stop, milliseconds. */
  readonly graceMs: number;
  readonly log: Log;
}

/** Announcements wake a worker; it looks by itself this often in case one was lost. */
const POLL_MS = 1000;
const BACKOFF_MS = 250;
const COMMIT_ATTEMPTS = 4;
const COMMIT_PAUSE_MS = 100;
/** A probe's answer is good for a moment only: the file may be replaced at any time. */
const PROBE_RETAIN_MS = 2000;
/** Long enough for every waiter to hear of it. Storage keeps the result itself. */
const DONE_RETAIN_MS = 15_000;
const DEAD_RETAIN_MS = 5000;

class ShutdownError extends Error {
  override readonly name = "ShutdownError";
}

/** Claims jobs, does them, and says so, until the signal fires; then gives back what it holds. */
export async function runWorker(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const loop = new WorkLoop(options);
  await loop.run(signal);
}

class WorkLoop {
  readonly #options: WorkerOptions;
  readonly #keeper: LeaseKeeper;
  readonly #titles: TitleSource;
  readonly #running = new Set<Promise<void>>();
  readonly #wake = new Wake();
  /** Its own in every process, whatever the operator calls the worker. */
  readonly #claimant: string;
  #sequence = 0;
  #claimedAt: number | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#claimant = `${options.id}/${randomUUID()}`;
    this.#keeper = new LeaseKeeper(options.store, options);
    this.#titles = new TitleSource(options.mediaDir, options.storage);
  }

  async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#options.store.subscribe((announcement) => {
      if (announcement.kind === "queued") this.#wake.notify();
      if (announcement.kind === "cancelled") this.#keeper.cancel(announcement.id);
    });
    const onAbort = () => this.#wake.notify();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const claimed = await this.#claim();
        if (claimed === 0) await this.#wake.wait(POLL_MS);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      unsubscribe();
      await this.#drain();
    }
  }

  /** What runs may finish within the grace period; what doesn't is given back. */
  async #drain(): Promise<void> {
    const stop = () => this.#keeper.abortAll(new ShutdownError("the worker stops"));
    const timer = setTimeout(stop, this.#options.graceMs);
    await Promise.all(this.#running);
    clearTimeout(timer);
  }

  async #claim(): Promise<number> {
    const { store, concurrency, leaseMs, log } = this.#options;
    const free = concurrency - this.#running.size;
    // The one place beyond the limit is for a viewer who would wait behind look-ahead.
    const room = free > 0 ? { count: free } : { count: Math.max(0, free + 1), dueWithinMs: 0 };
    if (room.count === 0) return 0;
    // Repeated after a lost answer, the leases are as old as the first call.
    this.#claimedAt ??= performance.now();
    const claimedAt = this.#claimedAt;
    try {
      const claim = { worker: this.#claimant, sequence: this.#sequence, leaseMs, ...room };
      const leases = await store.claim(claim, AbortSignal.timeout(leaseMs));
      // Only now: after a lost answer, the same number gets the same leases.
      this.#sequence += 1;
      this.#claimedAt = undefined;
      for (const lease of leases) this.#start(lease, claimedAt);
      return leases.length;
    } catch (error) {
      log.warn({ error: String(error) }, "no jobs could be claimed");
      return 0;
    }
  }

  #start(lease: Lease, claimedAt: number): void {
    const signal = this.#keeper.keep(lease, claimedAt);
    const work = this.#work(lease, signal).finally(() => {
      this.#keeper.drop(lease);
      this.#running.delete(work);
      this.#wake.notify();
    });
    this.#running.add(work);
  }

  async #work(lease: Lease, signal: AbortSignal): Promise<void> {
    const { storage, log } = this.#options;
    const begun = performance.now();
    try {
      const job = parseJob(lease.payload);
      const policy = { signal, background: !lease.awaited };
      const meta = await performJob(job, { titles: this.#titles, storage }, policy);
      const outcome = await this.#commit(lease, { meta, retainMs: retainMs(job) }, signal);
      log.debug(
        { job: lease.id, token: lease.token, outcome, ms: Math.round(performance.now() - begun) },
        "job done",
      );
    } catch (error) {
      await this.#giveUp(lease, signal.aborted ? signal.reason : error);
    }
  }

  /** What is in storage already need not be made again because one call got lost. */
  async #commit(lease: Lease, result: CommitResult, signal: AbortSignal): Promise<CommitOutcome> {
    const { store, renewMs } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await store.commit(lease, result, AbortSignal.any([signal, AbortSignal.timeout(renewMs)]));
      } catch (error) {
        if (signal.aborted || attempt === COMMIT_ATTEMPTS) throw error;
        await sleep(COMMIT_PAUSE_MS * attempt);
      }
    }
  }

  async #giveUp(lease: Lease, error: unknown): Promise<void> {
    const { store, log } = this.#options;
    const fields = { job: lease.id, token: lease.token, attempt: lease.attempt };
    try {
      if (error instanceof LeaseLostError) {
        log.warn({ ...fields, error: error.message }, "lease lost");
      } else if (error instanceof LeaseCancelledError || error instanceof ShutdownError) {
        await store.release([lease]);
      } else {
        const fault = toFault(error);
        log.warn(
          { ...fields, code: fault.code, error: fault.message, cause: String(fault.cause ?? "") },
          "job failed",
        );
        const failure = { reason: formatReason(fault), permanent: !fault.retryable };
        await store.fail(lease, {
          ...failure,
          backoffMs: BACKOFF_MS * lease.attempt,
          retainMs: DEAD_RETAIN_MS,
        });
      }
    } catch (storeError) {
      // The lease runs out by itself, and somebody else will try.
      log.warn({ ...fields, error: String(storeError) }, "job not given back");
    }
  }
}

function retainMs(job: Job): number {
  return job.kind === "probe" ? PROBE_RETAIN_MS : DONE_RETAIN_MS;
}

function toFault(error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code && path) return new FaultError("storage-failed", `Storage failed (${code}).`, { cause: error });
  return new FaultError("internal", "A worker failed in a way it should not: see its log.", { cause: error });
}
