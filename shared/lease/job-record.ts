/** What a store knows of one job. Times are milliseconds on the store's clock. */
export interface JobRecord {
  readonly id: string;
  readonly payload: string;
  readonly maxAttempts: number;
  /** Who leased it last, and when. */
  claimant: string;
  claimedAt: number;
  /** Somebody needs it by then; the queue's order. */
  deadline: number;
  /** Queued past this time and not asked for again, it is dropped. */
  lapsesAt: number;
  /** Attempts begun. */
  attempts: number;
  /** Token of the latest lease, while it is good for anything. */
  token: number | undefined;
  /** Beside the lease, where the job is leased. */
  second: SecondLease | undefined;
  state: JobState;
}

export type JobState =
  /** Waits for a worker; not before `notBefore`, where an attempt has just failed. */
  | { readonly kind: "queued"; readonly notBefore: number }
  | {
      readonly kind: "leased";
      readonly until: number;
      /** Of the latest claim or renewal. */
      readonly leaseMs: number;
      readonly cancelled: boolean;
    }
  | { readonly kind: "done"; readonly meta: string; readonly forgetAt: number }
  | { readonly kind: "dead"; readonly reason: string; readonly forgetAt: number };

export interface SecondLease {
  readonly worker: string;
  /** None once it failed, which leaves no room for another. */
  token: number | undefined;
  since: number;
  until: number;
  /** Of its latest claim or renewal. */
  leaseMs: number;
}
