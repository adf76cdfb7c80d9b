import type { Hold, LeaseStore } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";

/** The lease has gone to somebody else, or can't be shown to be ours any more. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** Nobody waits for the job any more. */
export class LeaseCancelledError extends Error {
  override readonly name = "LeaseCancelledError";
}

export interface KeepOptions {
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly log: Log;
}

interface Kept {
  readonly hold: Hold;
  readonly controller: AbortController;
  /** Ours until then for sure, on this process's clock: counted from before the call that granted it. */
  trustedUntil: number;
}

/**
 * Renews the leases that a worker holds and withdraws trust from those it could not renew in time: the
 * job's signal fires before anybody else can have been granted the lease.
 */
export class LeaseKeeper {
  readonly #store: LeaseStore;
  readonly #options: KeepOptions;
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;
  #renewing = false;

  constructor(store: LeaseStore, options: KeepOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * Keeps a lease until `drop`.
   * @param claimedAt when the claim was sent, on the clock of `performance.now()`.
   * @returns a signal that fires with a LeaseLostError, a LeaseCancelledError or the reason of `stop`.
   */
  keep(hold: Hold, claimedAt: number): AbortSignal {
    const controller = new AbortController();
    const trustedUntil = claimedAt + this.#options.leaseMs;
    this.#kept.set(hold.id, { hold, controller, trustedUntil });
    this.#timer ??= setInterval(() => void this.#tick(), this.#options.renewMs);
    return controller.signal;
  }

  drop(hold: Hold): void {
    this.#kept.delete(hold.id);
    if (this.#kept.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Fires the signal of every lease held. */
  abortAll(reason: unknown): void {
    for (const { controller } of this.#kept.values()) controller.abort(reason);
  }

  /** Fires the signal of one job, if it is held: its cancellation was announced. */
  cancel(id: string): void {
    this.#kept.get(id)?.controller.abort(new LeaseCancelledError(`${id} is not wanted any more`));
  }

  async #tick(): Promise<void> {
    this.#withdrawTrust();
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      await this.#renew();
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, "leases not renewed");
    } finally {
      this.#renewing = false;
    }
  }

  async #renew(): Promise<void> {
    const kept = [...this.#kept.values()];
    const sentAt = performance.now();
    const holds = kept.map(({ hold }) => hold);
    const outcomes = await this.#store.renew(
      holds,
      this.#options.leaseMs,
      AbortSignal.timeout(this.#options.leaseMs),
    );
    for (const [position, entry] of kept.entries()) {
      const outcome = outcomes[position];
      if (outcome === "renewed") entry.trustedUntil = sentAt + this.#options.leaseMs;
      if (outcome === "lost")
        entry.controller.abort(new LeaseLostError(`${entry.hold.id} was given to another worker`));
      if (outcome === "cancelled") this.cancel(entry.hold.id);
    }
  }

  #withdrawTrust(): void {
    const now = performance.now();
    for (const { hold, controller, trustedUntil } of this.#kept.values()) {
      // One more interval, and the lease would have run out before we look again.
      if (now + this.#options.renewMs > trustedUntil) {
        controller.abort(new LeaseLostError(`the lease of ${hold.id} could not be renewed in time`));
      }
    }
  }
}
