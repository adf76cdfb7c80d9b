import type { Claim, Lease, LeaseStore } from "../shared/lease/lease-store.ts";

/** What a claim may be held to. */
export type Wanted = Pick<Claim, "count" | "dueWithinMs" | "following">;

export interface Granted {
  readonly leases: readonly Lease[];
  /** When the call was sent that was answered, on the clock of `performance.now()`: the leases are no older. */
  readonly claimedAt: number;
  /** It may answer an earlier call whose answer was lost, whatever that had wanted. */
  readonly isRepeat: boolean;
}

/** How long a worker that stops takes to say so, milliseconds. */
const LEAVE_MS = 1000;

/** Claims under a worker's name, one call after the other, since each has a number that makes it repeatable. */
export class Claimant {
  readonly #store: LeaseStore;
  readonly #name: string;
  readonly #leaseMs: number;
  readonly #describe: () => string | undefined;
  #sequence = 0;
  #isUnanswered = false;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param name its own in every process: a store answers by it.
   * @param describe what it has to say about itself with the next claim, if anything.
   */
  constructor(
    store: LeaseStore,
    name: string,
    leaseMs: number,
    describe: () => string | undefined = () => undefined,
  ) {
    this.#store = store;
    this.#name = name;
    this.#leaseMs = leaseMs;
    this.#describe = describe;
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

  /** Says one last thing, and asks for nothing; gives up soon where the store is away. */
  async leave(self: string): Promise<void> {
    await this.#last;
    // A number that none had before: the answer to a lost call would be leases.
    const claim = {
      worker: this.#name,
      sequence: this.#sequence + 1,
      leaseMs: this.#leaseMs,
      count: 0,
      self,
    };
    await this.#store.claim(claim, AbortSignal.timeout(LEAVE_MS));
  }

  async #call(wanted: Wanted): Promise<Granted> {
    const isRepeat = this.#isUnanswered;
    this.#isUnanswered = true;
    const claimedAt = performance.now();
    const leaseMs = this.#leaseMs;
    const self = this.#describe();
    const claim = {
      ...{ worker: this.#name, sequence: this.#sequence, leaseMs, ...wanted },
      ...(self !== undefined && { self }),
    };
    const leases = await this.#store.claim(claim, AbortSignal.timeout(leaseMs));
    // Only now: after a lost answer, the same number gets the same leases.
    this.#sequence += 1;
    this.#isUnanswered = false;
    return { leases, claimedAt, isRepeat };
  }
}
