import { setTimeout as sleep } from "node:timers/promises";
import { FaultError, formatReason } from "../shared/fault.ts";
import type { CommitOutcome, CommitResult, Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import type { Log, LogFields } from "../shared/log.ts";
import { LeaseGivenBackError, LeaseLostError } from "./lease-keeper.ts";
import { leaseFields, toFault } from "./leased-job.ts";

const BACKOFF_MS = 250;
const COMMIT_ATTEMPTS = 4;
const COMMIT_PAUSE_MS = 100;
const DEAD_RETAIN_MS = 5000;
/** For so long after storage was found to be full nothing is made that nobody waits for. */
const FULL_PAUSE_MS = 10_000;

export interface ReportOptions {
  readonly renewMs: number;
  readonly log: Log;
}

/** How a worker tells the store what became of a lease. */
export class LeaseReports {
  readonly #store: LeaseStore;
  readonly #options: ReportOptions;
  #fullUntil = Number.NEGATIVE_INFINITY;

  constructor(store: LeaseStore, options: ReportOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** A job has just failed since storage is full. */
  get storageIsFull(): boolean {
    return performance.now() < this.#fullUntil;
  }

  /** What is in storage already need not be made again because one call got lost. */
  async commit(lease: Lease, result: CommitResult, signal: AbortSignal): Promise<CommitOutcome> {
    for (let attempt = 1; ; attempt++) {
      try {
        const inTime = AbortSignal.any([signal, AbortSignal.timeout(this.#options.renewMs)]);
        return await this.#store.commit(lease, result, inTime);
      } catch (error) {
        if (signal.aborted || attempt === COMMIT_ATTEMPTS) throw error;
        await sleep(COMMIT_PAUSE_MS * attempt);
      }
    }
  }

  /** Encoded for a full storage, look-ahead would be lost. Forgotten at once: whoever asks next has it made. */
  async dismiss(lease: Lease): Promise<void> {
    const { log } = this.#options;
    const fault = new FaultError("storage-full", "Storage is full: nothing is made ahead.");
    const failure = { reason: formatReason(fault), permanent: true, backoffMs: 0, retainMs: 0 };
    try {
      await this.#store.fail(lease, failure);
      log.debug(leaseFields(lease), "storage is full: not made ahead");
    } catch (error) {
      // Its lease runs out by itself.
      log.warn({ ...leaseFields(lease), error: String(error) }, "job not given back");
    }
  }

  /** @param error why the job was not done. */
  async giveUp(lease: Lease, error: unknown): Promise<void> {
    const { log } = this.#options;
    const fields = leaseFields(lease);
    try {
      if (error instanceof LeaseLostError) {
        log.warn({ ...fields, error: error.message }, "lease lost");
      } else if (error instanceof LeaseGivenBackError) {
        await this.#store.release([lease], error.backoffMs);
      } else {
        await this.#fail(lease, toFault(error), fields);
      }
    } catch (storeError) {
      // The lease runs out by itself, and somebody else will try.
      log.warn({ ...fields, error: String(storeError) }, "job not given back");
    }
  }

  async #fail(lease: Lease, fault: FaultError, fields: LogFields): Promise<void> {
    this.#options.log.warn(
      { ...fields, code: fault.code, error: fault.message, cause: String(fault.cause ?? "") },
      "job failed",
    );
    if (fault.code === "storage-full") this.#fullUntil = performance.now() + FULL_PAUSE_MS;
    await this.#store.fail(lease, {
      reason: formatReason(fault),
      permanent: !fault.retryable,
      backoffMs: BACKOFF_MS * lease.attempt,
      retainMs: DEAD_RETAIN_MS,
    });
  }
}
