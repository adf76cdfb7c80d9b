import { afterEach, beforeEach, expect } from "vitest";
import type { Claim, Hold, JobRequest, Lease, LeaseStore } from "../../../shared/lease/lease-store.ts";

/** A store under test, and the hand on its clock. */
export interface LeaseStoreUnderTest {
  readonly store: LeaseStore;
  /** The clock moves by `advance` alone, so that a lease can be checked to the millisecond. */
  readonly clockStandsStill?: boolean;
  /** All jobs are in one queue, so that the store knows when nothing is left. */
  readonly isOneQueue: boolean;
  /** Moves the store's clock forward by so many milliseconds. The clock may also run by itself. */
  advance(ms: number): void | Promise<void>;
  close(): void | Promise<void>;
}

export const LEASE_MS = 10_000;
export const RETAIN_MS = 60_000;
/** Far beyond what a slow store takes for a few calls, well within a lease. */
export const HEARD_WITHIN_MS = 30_000;

export function aRequest(id: string, changes: Partial<JobRequest> = {}): JobRequest {
  return { id, payload: `payload of ${id}`, dueInMs: 0, lapseInMs: 600_000, maxAttempts: 3, ...changes };
}

/** A new store for each test, and the calls as most tests make them. */
export interface LeaseStoreTrial extends Omit<LeaseStoreUnderTest, "close"> {
  claim(worker: string, changes?: Partial<Claim>): Promise<readonly Lease[]>;
  /** What is granted is one lease. */
  claimOne(worker: string, changes?: Partial<Claim>): Promise<Lease>;
  commit(hold: Hold, meta?: string, retainMs?: number): ReturnType<LeaseStore["commit"]>;
  fail(hold: Hold, changes?: { permanent?: boolean; backoffMs?: number }): ReturnType<LeaseStore["fail"]>;
  kindOf(id: string): Promise<string>;
}

/** To be called where tests are described: it sees to their stores. */
export function leaseStoreTrial(create: () => Promise<LeaseStoreUnderTest>): LeaseStoreTrial {
  let subject: LeaseStoreUnderTest;
  let sequence: number;

  beforeEach(async () => {
    subject = await create();
    sequence = 0;
  });
  afterEach(() => subject.close());

  const claim = (worker: string, changes: Partial<Claim> = {}) => {
    sequence += 1;
    return subject.store.claim({ worker, sequence, leaseMs: LEASE_MS, count: 1, ...changes });
  };
  return {
    get store() {
      return subject.store;
    },
    get clockStandsStill() {
      return subject.clockStandsStill ?? false;
    },
    get isOneQueue() {
      return subject.isOneQueue;
    },
    advance: (ms) => subject.advance(ms),
    claim,
    async claimOne(worker, changes) {
      const leases = await claim(worker, changes);
      expect(leases).toHaveLength(1);
      return leases[0]!;
    },
    commit: (hold, meta = "", retainMs = RETAIN_MS) => subject.store.commit(hold, { meta, retainMs }),
    fail: (hold, changes = {}) =>
      subject.store.fail(hold, {
        reason: "it broke",
        permanent: false,
        backoffMs: 0,
        retainMs: RETAIN_MS,
        ...changes,
      }),
    kindOf: async (id) => (await subject.store.status([id]))[0]!.kind,
  };
}
