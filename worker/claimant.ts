import type { Claim, Lease, LeaseStore } from "../shared/lease/lease-store.ts";

/** What a claim may be held to. */
export type Wanted = Pick<Claim, "count" | "dueWithinMs" | "following">;

export interface Granted {
  readonly leases: readonly Lease[];
  /** When the leases were asked for, on the clock of `performance.now()`. */
  readonly claimedAt: number;
  /** The answer to an earlier call that was lost, whatever that had wanted. */
  readonly isRepeat: boolean;
}

/** Claims under a worker's name, one call after the other, since each has a number that makes it repeatable. */
export class Claimant {
  readonly #store: LeaseStore;
  readonly #name: string;
  readonly #leaseMs: number;
  #sequence = 0;
  #claimedAt: number | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param name its own in every process: a store answers by it. */
  constructor(store: LeaseStore, name: string, leaseMs: number) {
    this.#store = store;
    this.#name = name;
    this.#leaseMs = leaseMs;
  }

  claim(wanted: Wanted): Promise<Granted> {
    const answer = this.#last.then(() => this.#call(wanted));
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** Claims a job as second. Not numbered: it is the job that gets the same answer again. */
  async claimSecond(id: string): Promise<Pick<Granted, "leases" | "claimedAt">> {
    const claimedAt = performance.now();
    const claim = { id, worker: this.#name, leaseMs: this.#leaseMs };
    const lease = await this.#store.claimSecond(claim, AbortSignal.timeout(this.#leaseMs));
    return { leases: lease ? [lease] : [], claimedAt };
  }

  async #call(wanted: Wanted): Promise<Granted> {
    // Repeated after a lost answer, the leases are as old as the first call.
    const isRepeat = this.#claimedAt !== undefined;
    this.#claimedAt ??= performance.now();
    const claimedAt = this.#claimedAt;
    const leaseMs = this.#leaseMs;
    const claim = { worker: this.#name, sequence: this.#sequence, leaseMs, ...wanted };
    const leases = await this.#store.claim(claim, AbortSignal.timeout(leaseMs));
    // Only now: after a lost answer, the same number gets the same leases.
    this.#sequence += 1;
    this.#claimedAt = undefined;
    return { leases, claimedAt, isRepeat };
  }
}
