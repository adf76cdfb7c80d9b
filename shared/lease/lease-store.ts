import type { LeaseOverview, OverviewQuery } from "./lease-overview.ts";

/**
 * The port through which orchestrators and workers share work. A job is named by its id, holds an opaque
 * payload, and passes through the states that README.md beside this file describes. All spans are
 * relative, in milliseconds, and measured on the store's own clock.
 */
export interface LeaseStore {
  /** Asks for jobs. Repeating a request refreshes it: the earlier deadline and the later lapse win. */
  request(jobs: readonly JobRequest[], signal?: AbortSignal): Promise<readonly RequestOutcome[]>;
  /**
   * Leases up to `count` jobs, the earliest deadline first. The same worker and sequence number get the
   * same answer again, so that a call whose answer was lost may be repeated, and the leases in it last as
   * long again as they did at first; a number lower than the last one that leased anything gets nothing, since
   * that call was overtaken.
   */
  claim(claim: Claim, signal?: AbortSignal): Promise<readonly Lease[]>;
  /**
   * Leases a job that somebody waits for to a second worker, beside the one that holds it: whichever commits first
   * has done it. There is one second to a lease. The same worker gets the same token again.
   */
  claimSecond(claim: SecondClaim, signal?: AbortSignal): Promise<Lease | undefined>;
  /** Extends leases whose token is current to `leaseMs` from now, also one that has run out. */
  renew(holds: readonly Hold[], leaseMs: number, signal?: AbortSignal): Promise<readonly RenewOutcome[]>;
  /** Reports a job as done and announces it. Good while the token is current, lapsed or not. */
  commit(hold: Hold, result: CommitResult, signal?: AbortSignal): Promise<CommitOutcome>;
  /** Reports a failed attempt: the job is tried again after the back-off, or is dead. The token ends with it. */
  fail(hold: Hold, failure: Failure, signal?: AbortSignal): Promise<FailOutcome>;
  /**
   * Gives jobs back that were not tried; no attempt is counted, and the token ends with it. Nobody is granted them
   * for `backoffMs`.
   */
  release(holds: readonly Hold[], backoffMs?: number, signal?: AbortSignal): Promise<void>;
  /** Nobody waits any more: drops jobs that are queued, and tells their worker where they are leased. */
  cancel(ids: readonly string[], signal?: AbortSignal): Promise<void>;
  status(ids: readonly string[], signal?: AbortSignal): Promise<readonly JobStatus[]>;
  stats(signal?: AbortSignal): Promise<LeaseStats>;
  /** For whoever looks at the fleet. Takes longer than the rest: to be asked for only while somebody does. */
  overview(query: OverviewQuery, signal?: AbortSignal): Promise<LeaseOverview>;
  /** Announcements are hints: one may be lost, so every listener polls as well, if rarely. */
  subscribe(listener: (announcement: Announcement) => void): Unsubscribe;
}

/** The orchestrator's side of the port. */
export type LeaseRequests = Pick<
  LeaseStore,
  "request" | "cancel" | "status" | "stats" | "overview" | "subscribe"
>;

export type Unsubscribe = () => void;

export interface JobRequest {
  readonly id: string;
  readonly payload: string;
  /** How soon it is needed; 0 means that somebody waits. Jobs are claimed in this order. */
  readonly dueInMs: number;
  /** Dropped from the queue unless it is claimed or requested again within this time. */
  readonly lapseInMs: number;
  readonly maxAttempts: number;
  /** The token of a result that is gone from storage: done by that one, the job is to be done again. */
  readonly gone?: number | undefined;
  /**
   * Where somebody waits: a job whose worker has had it for so long, and which no second one has tried since, is
   * announced as straggling.
   */
  readonly straggleAfterMs?: number | undefined;
}

export type RequestOutcome =
  | { readonly kind: "new" | "exists" | "promoted" }
  /** `token` is the one that committed it. */
  | { readonly kind: "done"; readonly meta: string; readonly token: number }
  | { readonly kind: "dead"; readonly reason: string };

export interface Claim {
  readonly worker: string;
  /** Grows with every new claim of this worker. */
  readonly sequence: number;
  readonly leaseMs: number;
  readonly count: number;
  /** Leases only jobs that are due within this time, when given: 0 takes only those somebody waits for. */
  readonly dueWithinMs?: number;
  /**
   * Leases only these, when given: group by group, and of each one after the other, up to its first that is not in
   * the queue or that somebody waits for. All of one title, and each named once.
   */
  readonly following?: readonly (readonly string[])[];
  /**
   * What the worker says about itself, for whoever looks at the fleet: opaque, one line of at most a kilobyte. A
   * claim that says something also says that the worker is there; to say it every few seconds is enough.
   */
  readonly self?: string;
}

export interface SecondClaim {
  readonly id: string;
  readonly worker: string;
  readonly leaseMs: number;
}

/** Proof of a lease. The token only ever grows, so a later holder always has the greater one. */
export interface Hold {
  readonly id: string;
  readonly token: number;
}

export interface Lease extends Hold {
  readonly payload: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Somebody waits for it, as far as the store knew when it was claimed. */
  readonly awaited: boolean;
  /** How soon it was needed when it was claimed; 0 or less where somebody waits. */
  readonly dueInMs: number;
}

export type RenewOutcome = "renewed" | "lost" | "cancelled";

export interface CommitResult {
  /** Handed to whoever asks, at most a few kilobytes, one line. */
  readonly meta: string;
  /** How long the store remembers that it is done. */
  readonly retainMs: number;
}

export type CommitOutcome = "committed" | "duplicate" | "stale" | "unknown";

export interface Failure {
  /** One line, for people. */
  readonly reason: string;
  /** Trying again can't help. */
  readonly permanent: boolean;
  readonly backoffMs: number;
  /** How long a dead job is remembered; until then a request for it is answered with the reason. */
  readonly retainMs: number;
}

/** `left` to the worker that holds the job, by the second one. */
export type FailOutcome = "requeued" | "dead" | "left" | "stale" | "unknown";

export type JobStatus =
  | { readonly kind: "unknown" | "queued" | "leased" }
  | { readonly kind: "done"; readonly meta: string }
  | { readonly kind: "dead"; readonly reason: string };

export interface LeaseStats {
  readonly queued: number;
  /** Of the queued ones, those that are due: somebody waits for them. */
  readonly awaited: number;
  readonly leased: number;
  readonly dead: number;
}

export type Announcement =
  /** Listening began, or began again: what was announced before was not heard. */
  | { readonly kind: "connected" }
  /** There is something to claim; `awaited` where somebody waits for it. */
  | { readonly kind: "queued"; readonly awaited: boolean }
  /** What was queued until now has been taken: there is nothing to claim before more is announced. */
  | { readonly kind: "drained" }
  | { readonly kind: "done"; readonly id: string; readonly meta: string; readonly token: number }
  | { readonly kind: "dead"; readonly id: string; readonly reason: string }
  | { readonly kind: "cancelled"; readonly id: string }
  /** Somebody has begun to wait for a job that a worker does, which nobody did before. */
  | { readonly kind: "awaited"; readonly id: string }
  /** Somebody waits for a job that its worker has had for long: a second one may try. */
  | { readonly kind: "straggling"; readonly id: string }
  /** The job has ended by another token than this one, which is good for nothing more. */
  | { readonly kind: "outrun"; readonly id: string; readonly token: number };
