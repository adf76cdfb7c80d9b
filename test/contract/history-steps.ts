import fc from "fast-check";

export const LEASE_MS = 1000;
export const MAX_ATTEMPTS = 3;
export const JOBS = ["a", "b", "c", "d"];
export const WORKERS = ["w0", "w1", "w2"];
/** Longer than any history: who asks with this never goes away. */
export const FOR_GOOD_MS = 1e9;

/** What happens to the store itself. */
export type Mishap =
  /** Emptied: FLUSHALL, or started again without its data. */
  | { readonly kind: "flush" }
  /** Its cache of scripts emptied. */
  | { readonly kind: "script-flush" }
  /** What it is at this moment reaches the disk; all that comes later is lost by `lose-tail`. */
  | { readonly kind: "save" | "lose-tail" }
  /** One of its keys evicted for want of memory. */
  | { readonly kind: "evict"; readonly key: number }
  /** Its clock set back. */
  | { readonly kind: "clock-back"; readonly ms: number };

/** What a worker says of a lease: `bury` is a failure for good, `leave` a release for a while. */
export type Report = "renew" | "commit" | "fail" | "bury" | "release" | "leave";

/** One event of a history. `pick` chooses among the leases ever granted, dead workers' and stale ones too. */
export type Step =
  | { readonly kind: "request"; readonly job: number; readonly dueInMs: number; readonly lapseInMs: number }
  /** A `late` claim is a duplicate of the worker's last call but so many; 0 repeats the last one. */
  | {
      readonly kind: "claim";
      readonly worker: number;
      readonly count: number;
      readonly dueWithinMs?: number;
      /** Groups of jobs that it is held to, in each one after the other. */
      readonly following?: readonly (readonly number[])[];
    }
  /** A worker tries what was leased to another one; of the same worker and job again, the call is a duplicate. */
  | { readonly kind: "second"; readonly worker: number; readonly pick: number }
  | { readonly kind: "repeat-claim"; readonly worker: number; readonly count: number; readonly late: number }
  | { readonly kind: Report; readonly pick: number }
  /** Nobody waits any more; or somebody finds that what was done is gone from storage. */
  | { readonly kind: "cancel" | "redo"; readonly job: number }
  | { readonly kind: "advance"; readonly ms: number }
  /** A worker takes what there is and is never heard of again. */
  | { readonly kind: "kill"; readonly worker: number }
  | { readonly kind: "look" }
  | Mishap;

const job = fc.nat(JOBS.length - 1);
const worker = fc.nat(WORKERS.length - 1);
const count = fc.integer({ min: 1, max: 3 });
/** Most often one of the latest leases: how far back from the end. */
const pick = fc.oneof(fc.nat(2), fc.nat(2), fc.nat(30));
const report = fc.constantFrom<Report>("renew", "renew", "commit", "fail", "bury", "release", "leave");

const splitAt = (border: number, jobs: readonly number[]) => [jobs.slice(0, border), jobs.slice(border)];

const request = fc.record({
  kind: fc.constant("request" as const),
  job,
  dueInMs: fc.constantFrom(0, 500, 5000),
  lapseInMs: fc.constantFrom(FOR_GOOD_MS, FOR_GOOD_MS, 700),
});
const claim = fc.record(
  {
    kind: fc.constant("claim" as const),
    worker,
    count,
    dueWithinMs: fc.constantFrom(0, 1000),
    following: fc
      .uniqueArray(job, { minLength: 1, maxLength: 3 })
      .map((jobs) => splitAt(1 + (jobs[0]! % 2), jobs)),
  },
  { requiredKeys: ["kind", "worker", "count"] },
);
const repeatClaim = fc.record({
  kind: fc.constant("repeat-claim" as const),
  worker,
  count,
  late: fc.constantFrom(0, 0, 0, 1, 2),
});

/** What orchestrators, workers and the network between them may do. */
const ordinary = [
  { weight: 200, arbitrary: request },
  { weight: 200, arbitrary: claim },
  { weight: 100, arbitrary: repeatClaim },
  { weight: 200, arbitrary: fc.record({ kind: fc.constant("second" as const), worker, pick }) },
  { weight: 350, arbitrary: fc.record({ kind: report, pick }) },
  {
    weight: 75,
    arbitrary: fc.record({ kind: fc.constantFrom("cancel" as const, "redo" as const), job }),
  },
  // A jump past the lease is a worker that was killed or paused.
  {
    weight: 200,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.constantFrom(1, 300, 999, 1000, 1001, 4000),
    }),
  },
  { weight: 50, arbitrary: fc.record({ kind: fc.constant("kill" as const), worker }) },
  { weight: 50, arbitrary: fc.record({ kind: fc.constant("look" as const) }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
  // Rare, since it befalls all histories that are under way.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("script-flush" as const) }) },
] as const;

/** What may befall a Redis beyond that. */
const mishaps = [
  { weight: 50, arbitrary: fc.record({ kind: fc.constantFrom("save" as const, "lose-tail" as const) }) },
  { weight: 30, arbitrary: fc.record({ kind: fc.constant("evict" as const), key: fc.nat(6) }) },
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant("clock-back" as const),
      ms: fc.constantFrom(500, 5000, 3_600_000),
    }),
  },
] as const;

const LENGTH = { minLength: 30, maxLength: 60 };

export const histories: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.array<Step>(fc.oneof(...ordinary), LENGTH),
  fc.array<Step>(fc.oneof(...ordinary, ...mishaps), LENGTH),
);
