import { parseReason } from "../shared/fault.ts";
import { formatJob, type Job, jobId } from "../shared/job.ts";
import type { Announcement, JobRequest, LeaseRequests } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import { waitedTooLong } from "./problem.ts";

const MAX_ATTEMPTS = 3;
/** Announcements may be lost: a waiter asks again this often, which also keeps its job from lapsing. */
const POLL_MS = 1000;
const AWAITED_LAPSE_MS = 5000;
const LOOK_AHEAD_LAPSE_MS = 15_000;

/** One job that somebody here waits for. */
interface Order {
  waiters: number;
  readonly controller: AbortController;
  readonly result: Promise<string>;
}

/** Where requests wait for jobs. Any number that wait for the same job make one order of it. */
export class JobDesk {
  readonly #store: LeaseRequests;
  readonly #waitMs: number;
  readonly #log: Log;
  readonly #orders = new Map<string, Order>();
  readonly #listeners = new Map<string, () => void>();
  readonly #unsubscribe: () => void;

  /** @param waitMs how long anybody waits at most. */
  constructor(store: LeaseRequests, waitMs: number, log: Log) {
    this.#store = store;
    this.#waitMs = waitMs;
    this.#log = log;
    this.#unsubscribe = store.subscribe((announcement) => this.#hear(announcement));
  }

  /** Frees what the desk holds: its subscription, and every order, whose waiters get `reason`. */
  close(reason: unknown): void {
    this.#unsubscribe();
    for (const { controller } of this.#orders.values()) controller.abort(reason);
  }

  /**
   * Has a job done and waits for it.
   * @returns what its worker reported.
   * @throws FaultError when it can't be done; a Problem when it takes too long; the signal's reason when the
   * waiter leaves. When the last waiter leaves of its own accord, the job is cancelled; one that takes too
   * long goes on, for whoever asks again.
   */
  async wait(job: Job, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const overdue = AbortSignal.timeout(this.#waitMs);
    const id = jobId(job);
    const order = this.#orders.get(id) ?? this.#open(job, id);
    order.waiters += 1;
    try {
      return await untilAborted(order.result, AbortSignal.any([signal, overdue]));
    } catch (error) {
      throw error === overdue.reason ? waitedTooLong() : error;
    } finally {
      order.waiters -= 1;
      if (order.waiters === 0 && this.#orders.get(id) === order) this.#abandon(id, order, signal.aborted);
    }
  }

  /** Asks for jobs that will be needed, the first within `stepMs`, each next one that much later. */
  async lookAhead(jobs: readonly Job[], stepMs: number): Promise<void> {
    const requests = jobs.map((job, position) => request(job, (position + 1) * stepMs, LOOK_AHEAD_LAPSE_MS));
    await this.#store.request(requests);
  }

  #open(job: Job, id: string): Order {
    const controller = new AbortController();
    const result = this.#follow(job, id, controller.signal).finally(() => {
      if (this.#orders.get(id) === order) this.#orders.delete(id);
    });
    // Every waiter may have left before it fails.
    result.catch(() => {});
    const order: Order = { waiters: 0, controller, result };
    this.#orders.set(id, order);
    return order;
  }

  #abandon(id: string, order: Order, cancel: boolean): void {
    this.#orders.delete(id);
    order.controller.abort(new Error(`nobody waits for ${id}`));
    if (!cancel) return;
    this.#store.cancel([id]).catch((error: unknown) => {
      this.#log.warn({ job: id, error: String(error) }, "job not cancelled");
    });
  }

  async #follow(job: Job, id: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const heard = this.#listen(id, signal);
      try {
        const [outcome] = await this.#store.request([request(job, 0, AWAITED_LAPSE_MS)], signal);
        if (outcome?.kind === "done") return outcome.meta;
        if (outcome?.kind === "dead") throw parseReason(outcome.reason);
        await heard.next;
      } finally {
        heard.dispose();
      }
    }
  }

  /** Settles at the next announcement about a job, or after the poll interval. */
  #listen(id: string, signal: AbortSignal): { next: Promise<void>; dispose(): void } {
    let dispose = () => {};
    const next = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, POLL_MS);
      const onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#listeners.set(id, resolve);
      dispose = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        // A later order for the same job listens under the same id.
        if (this.#listeners.get(id) === resolve) this.#listeners.delete(id);
      };
    });
    next.catch(() => {});
    return { next, dispose };
  }

  #hear(announcement: Announcement): void {
    if (announcement.kind === "done" || announcement.kind === "dead")
      this.#listeners.get(announcement.id)?.();
  }
}

function request(job: Job, dueInMs: number, lapseInMs: number): JobRequest {
  return { id: jobId(job), payload: formatJob(job), dueInMs, lapseInMs, maxAttempts: MAX_ATTEMPTS };
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
