import fc from "fast-check";
import { expect, it } from "vitest";
import type { Hold, Lease, LeaseStore } from "../../shared/lease/lease-store.ts";
import { aRequest, type LeaseStoreUnderTest } from "./lease-store.contract.ts";

const LEASE_MS = 1000;
const MAX_ATTEMPTS = 4;
const JOBS = ["a", "b", "c", "d"];
const WORKERS = ["w0", "w1", "w2"];
/** Every store remembers a job that lost all its workers for longer than this. */
const LOOK_EVERY_MS = 20_000;

/** One event of a history. `pick` chooses among the leases ever granted, dead workers' and stale ones too. */
type Step =
  | { readonly kind: "request"; readonly job: number; readonly dueInMs: number }
  | { readonly kind: "claim" | "repeat-claim"; readonly worker: number; readonly count: number }
  | { readonly kind: "renew" | "commit" | "fail" | "bury" | "release"; readonly pick: number }
  | { readonly kind: "cancel"; readonly job: number }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "look" };

const job = fc.nat(JOBS.length - 1);
const worker = fc.nat(WORKERS.length - 1);
/** Most often one of the latest leases: how far back from the end. */
const pick = fc.oneof(fc.nat(2), fc.nat(2), fc.nat(30));
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("request" as const),
      job,
      dueInMs: fc.constantFrom(0, 500, 5000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("claim" as const, "claim" as const, "repeat-claim" as const),
      worker,
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "renew" as const,
        "renew" as const,
        "commit" as const,
        "fail" as const,
        "bury" as const,
        "release" as const,
      ),
      pick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), job }) },
  // A jump past the lease is a worker that was killed or paused.
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.constantFrom(1, 300, 999, 1000, 1001, 4000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("look" as const) }) },
);

/** What an onlooker knows who sees every call and its answer, and the clock. */
class Witness {
  readonly #subject: LeaseStoreUnderTest;
  readonly #store: LeaseStore;
  readonly #granted: Lease[] = [];
  /** The latest token of each job. */
  readonly #latest = new Map<string, number>();
  /** Jobs that a worker holds: token and the time until when nobody else may have it. */
  readonly #held = new Map<string, { token: number; until: number }>();
  /** Jobs asked for whose end has not been seen, and not cancelled. */
  readonly #owed = new Set<string>();
  readonly #sequences = new Map<string, number>();
  #highest = 0;
  #advanced = 0;
  #lookedAt: number;
  /** Metas of all commits; each is its token. */
  readonly committed: string[] = [];

  constructor(subject: LeaseStoreUnderTest) {
    this.#subject = subject;
    this.#store = subject.store;
    this.#lookedAt = this.#now;
  }

  /** The store's clock, as far as it can be seen from here. */
  get #now(): number {
    return this.#advanced + (this.#subject.clockStandsStill ? 0 : performance.now());
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case "request":
        return this.#request(JOBS[step.job]!, step.dueInMs);
      case "claim":
      case "repeat-claim":
        return this.#claim(WORKERS[step.worker]!, step.count, step.kind === "repeat-claim");
      case "cancel":
        await this.#store.cancel([JOBS[step.job]!]);
        this.#owed.delete(JOBS[step.job]!);
        return;
      case "advance":
        this.#advanced += step.ms;
        await this.#subject.advance(step.ms);
        if (this.#now - this.#lookedAt > LOOK_EVERY_MS) await this.#lookForDead();
        return;
      case "look":
        await this.#store.stats();
        await this.#store.status(JOBS);
        return;
      default: {
        const hold = this.#granted.at(-1 - (step.pick % Math.max(1, this.#granted.length)));
        if (hold) await this.#report(step.kind, hold);
      }
    }
  }

  async #request(id: string, dueInMs: number): Promise<void> {
    const [outcome] = await this.#store.request([
      aRequest(id, { dueInMs, maxAttempts: MAX_ATTEMPTS, lapseInMs: 1e9 }),
    ]);
    if (outcome!.kind === "done" || outcome!.kind === "dead") this.#owed.delete(id);
    else this.#owed.add(id);
  }

  async #claim(worker: string, count: number, repeat: boolean): Promise<void> {
    const sequence = (this.#sequences.get(worker) ?? 0) + (repeat ? 0 : 1);
    this.#sequences.set(worker, sequence);
    const sentAt = this.#now;
    const leases = await this.#store.claim({ worker, sequence, leaseMs: LEASE_MS, count });
    for (const lease of leases) this.#grant(lease, sentAt);
  }

  #grant(lease: Lease, sentAt: number): void {
    const { id, token } = lease;
    const isReplay = this.#granted.some((earlier) => earlier.id === id && earlier.token === token);
    if (isReplay) {
      expect(token, "a repeated claim gives only what is current").toBe(this.#latest.get(id));
      return;
    }
    expect(token, "tokens strictly grow").toBeGreaterThan(this.#highest);
    const holder = this.#held.get(id);
    // A store that counts whole milliseconds may end a lease a part of one early.
    const slack = this.#subject.clockStandsStill ? 0 : 2;
    if (holder) expect(holder.until, `${id} was still held`).toBeLessThanOrEqual(this.#now + slack);
    expect(lease.attempt).toBeGreaterThanOrEqual(1);
    expect(lease.attempt).toBeLessThanOrEqual(MAX_ATTEMPTS);
    this.#highest = token;
    this.#latest.set(id, token);
    this.#held.set(id, { token, until: sentAt + LEASE_MS });
    this.#granted.push(lease);
  }

  async #report(kind: "renew" | "commit" | "fail" | "bury" | "release", hold: Hold): Promise<void> {
    const isCurrent = this.#latest.get(hold.id) === hold.token;
    const failure = { reason: "no", backoffMs: 100, retainMs: 2000 };
    if (kind === "renew") {
      const sentAt = this.#now;
      const [outcome] = await this.#store.renew([hold], LEASE_MS);
      if (outcome === "renewed") {
        expect(isCurrent, "only the current token renews").toBe(true);
        this.#held.set(hold.id, { token: hold.token, until: sentAt + LEASE_MS });
      }
    } else if (kind === "commit") {
      const outcome = await this.#store.commit(hold, { meta: String(hold.token), retainMs: 2000 });
      if (outcome === "committed") {
        expect(isCurrent, "no commit from a stale token").toBe(true);
        this.committed.push(String(hold.token));
        this.#end(hold);
      }
    } else if (kind === "fail" || kind === "bury") {
      const outcome = await this.#store.fail(hold, { ...failure, permanent: kind === "bury" });
      if (outcome === "requeued" || outcome === "dead") {
        expect(isCurrent, "only the current token fails").toBe(true);
        if (outcome === "dead") this.#owed.delete(hold.id);
      }
      if (isCurrent && outcome !== "stale") this.#held.delete(hold.id);
    } else {
      await this.#store.release([hold]);
      if (isCurrent) this.#held.delete(hold.id);
    }
  }

  async #lookForDead(): Promise<void> {
    this.#lookedAt = this.#now;
    const owed = [...this.#owed];
    const statuses = await this.#store.status(owed);
    for (const [k, { kind }] of statuses.entries()) if (kind === "dead") this.#owed.delete(owed[k]!);
  }

  #end(hold: Hold): void {
    this.#held.delete(hold.id);
    this.#owed.delete(hold.id);
  }

  /** A last worker that never fails does all that is left: whatever was asked for is done or dead. */
  async finish(): Promise<void> {
    for (let round = 0; round < 2 * MAX_ATTEMPTS; round++) {
      this.#advanced += LEASE_MS + 1;
      await this.#subject.advance(LEASE_MS + 1);
      const sentAt = this.#now;
      const leases = await this.#store.claim({
        worker: "last",
        sequence: round,
        leaseMs: LEASE_MS,
        count: 10,
      });
      for (const lease of leases) {
        this.#grant(lease, sentAt);
        const meta = String(lease.token);
        expect(await this.#store.commit(lease, { meta, retainMs: 1e9 })).toBe("committed");
        this.#end(lease);
      }
    }
    await this.#lookForDead();
    expect([...this.#owed], "asked for, neither done nor dead").toEqual([]);
    expect(await this.#store.stats()).toMatchObject({ queued: 0, leased: 0 });
  }
}

/** Plays random histories against a store: kills, pauses, duplicate and late calls, jumps of the clock. */
export function leaseStoreHistories(
  name: string,
  create: () => Promise<LeaseStoreUnderTest>,
  numRuns: number,
): void {
  it(`${name} loses no job and lets no stale token through in ${numRuns} random histories`, async () => {
    let commits = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 30, maxLength: 60 }), async (history) => {
        const subject = await create();
        try {
          const witness = new Witness(subject);
          for (const step of history) await witness.play(step);
          await witness.finish();
          commits += witness.committed.length;
        } finally {
          await subject.close();
        }
      }),
      { numRuns, seed: 20_261_122 },
    );
    // The histories are worth something only if work gets done in them.
    expect(commits).toBeGreaterThan(numRuns / 4);
  });

  it(`${name} announces no end twice, and none that was not committed, in random histories`, async () => {
    let heard = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 30, maxLength: 60 }), async (history) => {
        const subject = await create();
        const announced: string[] = [];
        const unsubscribe = subject.store.subscribe((announcement) => {
          if (announcement.kind === "done") announced.push(announcement.meta);
        });
        try {
          const witness = new Witness(subject);
          for (const step of history) await witness.play(step);
          expect(witness.committed).toEqual(expect.arrayContaining(announced));
          expect(new Set(announced).size).toBe(announced.length);
          heard += announced.length;
        } finally {
          unsubscribe();
          await subject.close();
        }
      }),
      { numRuns: Math.ceil(numRuns / 10), seed: 20_261_123 },
    );
    expect(heard).toBeGreaterThan(0);
  });
}
