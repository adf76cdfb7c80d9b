import type { Hold, LeaseStore, RenewOutcome } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";

/** The lease has gone to somebody else, or can't be shown to be ours any more. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** The job goes back to the store, and does not count as tried. */
export class LeaseGivenBackError extends Error {
  override readonly name: string = "LeaseGivenBackError";
  /** For how long nobody is granted it. */
  readonly backoffMs: number = 0;
}

/** Nobody waits for the job any more. */
export class LeaseCancelledError extends LeaseGivenBackError {
  override readonly name = "LeaseCancelledError";
}

export class ShutdownError extends LeaseGivenBackError {
  override readonly name = "ShutdownError";
}

/** Somebody waits for a job that would come out at the end of a run: it is given back, to be made alone at once. */
export class RunLeftError extends LeaseGivenBackError {
  override readonly name = "RunLeftError";
}

export interface KeepOptions {
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly log: Log;
}

interface Kept {
  readonly hold: Hold;
  readonly controller: AbortController;
  /** Fires shortly before somebody else may be granted the lease. */
  expiry: NodeJS.Timeout;
}

/** Trust ends this part of the lease before the lease does: timers and clocks are not exact. */
const MARGIN = 0.1;

/**
 * Renews the leases that a worker holds. One that can't be renewed in time is given up before anybody
 * else can have been granted it: its signal fires.
 */
export class LeaseKeeper {
  readonly #store: LeaseStore;
  readonly #options: KeepOptions;
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;
  /** Of all leases that are held, and of those to come. */
  readonly #closing = new AbortController();

  constructor(store: LeaseStore, options: KeepOptions) {
    this.#store = store;
    this.#options = options;
  }

  /**
   * Keeps a lease until `drop`.
   * @param claimedAt when the claim was sent, on the clock of `performance.now()`.
   * @returns a signal that fires with a LeaseLostError, a LeaseCancelledError or the reason of `abortAll`.
   */
  keep(hold: Hold, claimedAt: number): AbortSignal {
    const controller = new AbortController();
    this.#supersede(hold);
    const entry = { hold, controller, expiry: this.#expireAfter(hold, controller, claimedAt) };
    this.#kept.set(hold.id, entry);
    if (this.#closing.signal.aborted) controller.abort(this.#closing.signal.reason);
    this.#timer ??= setInterval(() => void this.#tick(), this.#options.renewMs);
    return controller.signal;
  }

  /** @returns false for a lease that was not kept any more: a later one of the same job is not this one's to drop. */
  drop(hold: Hold): boolean {
    const entry = this.#kept.get(hold.id);
    if (entry?.hold.token !== hold.token) return false;
    clearTimeout(entry.expiry);
    this.#kept.delete(hold.id);
    if (this.#kept.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return true;
  }

  /** Fires the signal of every lease held, and of those that are still on their way. */
  abortAll(reason: unknown): void {
    this.#closing.abort(reason);
    for (const { controller } of this.#kept.values()) controller.abort(reason);
  }

  /** Fires the signal of one job, if it is held: its cancellation was announced. */
  cancel(id: string): void {
    this.end(id, new LeaseCancelledError(`${id} is not wanted any more`));
  }

  /** Fires the signal of one lease, if it is held: its job has ended without it. */
  outrun({ id, token }: Hold): void {
    if (this.#kept.get(id)?.hold.token === token)
      this.end(id, new LeaseLostError(`${id} has ended at another worker's hands`));
  }

  holds(id: string): boolean {
    return this.#kept.has(id);
  }

  /** Fires the signal of one job, if it is held. */
  end(id: string, reason: Error): void {
    this.#kept.get(id)?.controller.abort(reason);
  }

  /** A job that was given back may be granted again before the work on its first lease has come to its end. */
  #supersede({ id }: Hold): void {
    const earlier = this.#kept.get(id);
    if (!earlier) return;
    clearTimeout(earlier.expiry);
    earlier.controller.abort(new LeaseLostError(`${id} was granted anew`));
  }

  /** @param grantedAt when the call was sent that granted or renewed the lease. */
  #expireAfter(hold: Hold, controller: AbortController, grantedAt: number): NodeJS.Timeout {
    const trustedUntil = grantedAt + this.#options.leaseMs * (1 - MARGIN);
    const expire = () =>
      controller.abort(new LeaseLostError(`the lease of ${hold.id} could not be renewed in time`));
    return setTimeout(expire, Math.max(0, trustedUntil - performance.now()));
  }

  /** A call that hangs does not hold up the next one: renewals may overtake each other. */
  async #tick(): Promise<void> {
    try {
      await this.#renew([...this.#kept.values()]);
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, "leases not renewed");
    }
  }

  async #renew(kept: readonly Kept[]): Promise<void> {
    const { leaseMs } = this.#options;
    const sentAt = performance.now();
    const holds = kept.map(({ hold }) => hold);
    const outcomes = await this.#store.renew(holds, leaseMs, AbortSignal.timeout(leaseMs));
    for (const [position, entry] of kept.entries()) this.#apply(outcomes[position], entry, sentAt);
  }

  #apply(outcome: RenewOutcome | undefined, entry: Kept, sentAt: number): void {
    const { hold, controller } = entry;
    // It may have been dropped meanwhile, and its timer freed.
    if (this.#kept.get(hold.id) !== entry) return;
    if (outcome === "renewed") {
      clearTimeout(entry.expiry);
      entry.expiry = this.#expireAfter(hold, controller, sentAt);
    }
    if (outcome === "lost") controller.abort(new LeaseLostError(`${hold.id} was given to another worker`));
    if (outcome === "cancelled") this.cancel(hold.id);
  }
}
