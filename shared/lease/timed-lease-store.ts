import type { LeaseCall, LeaseStoreKind, Telemetry } from "../telemetry.ts";
import type { OverviewQuery } from "./lease-overview.ts";
import type {
  Announcement,
  Claim,
  CommitResult,
  Failure,
  Hold,
  JobRequest,
  LeaseStore,
  SecondClaim,
  Unsubscribe,
} from "./lease-store.ts";

export interface TimedStoreOptions {
  readonly kind: LeaseStoreKind;
  readonly telemetry: Telemetry;
  /** Whether an error means that the store can't be reached. */
  readonly isAway?: (error: unknown) => boolean;
}

/** A lease store whose every call is reported: how long it took, and what came of it. */
export class TimedLeaseStore implements LeaseStore {
  readonly #store: LeaseStore;
  readonly #options: TimedStoreOptions;

  constructor(store: LeaseStore, options: TimedStoreOptions) {
    this.#store = store;
    this.#options = options;
  }

  request(jobs: readonly JobRequest[], signal?: AbortSignal) {
    return this.#time("request", this.#store.request(jobs, signal), (outcomes) =>
      outcomes.map(({ kind }) => kind),
    );
  }

  claim(claim: Claim, signal?: AbortSignal) {
    return this.#time("claim", this.#store.claim(claim, signal), (leases) => leases.map(() => "leased"));
  }

  claimSecond(claim: SecondClaim, signal?: AbortSignal) {
    const call = this.#store.claimSecond(claim, signal);
    return this.#time("claimSecond", call, (lease) => [lease ? "leased" : "refused"]);
  }

  renew(holds: readonly Hold[], leaseMs: number, signal?: AbortSignal) {
    return this.#time("renew", this.#store.renew(holds, leaseMs, signal), (outcomes) => outcomes);
  }

  commit(hold: Hold, result: CommitResult, signal?: AbortSignal) {
    return this.#time("commit", this.#store.commit(hold, result, signal), (outcome) => [outcome]);
  }

  fail(hold: Hold, failure: Failure, signal?: AbortSignal) {
    return this.#time("fail", this.#store.fail(hold, failure, signal), (outcome) => [outcome]);
  }

  release(holds: readonly Hold[], backoffMs?: number, signal?: AbortSignal) {
    return this.#time("release", this.#store.release(holds, backoffMs, signal));
  }

  cancel(ids: readonly string[], signal?: AbortSignal) {
    return this.#time("cancel", this.#store.cancel(ids, signal));
  }

  status(ids: readonly string[], signal?: AbortSignal) {
    return this.#time("status", this.#store.status(ids, signal));
  }

  stats(signal?: AbortSignal) {
    return this.#time("stats", this.#store.stats(signal));
  }

  overview(query: OverviewQuery, signal?: AbortSignal) {
    return this.#time("overview", this.#store.overview(query, signal));
  }

  subscribe(listener: (announcement: Announcement) => void): Unsubscribe {
    return this.#store.subscribe(listener);
  }

  async #time<Answer>(
    call: LeaseCall,
    answering: Promise<Answer>,
    outcomesOf: (answer: Answer) => readonly string[] = () => [],
  ): Promise<Answer> {
    const { kind: store, telemetry, isAway } = this.#options;
    const begun = performance.now();
    const report = (end: "answered" | "away" | "failed", outcomes: readonly string[]) =>
      telemetry.report({ kind: "lease-call", store, call, end, outcomes, ms: performance.now() - begun });
    try {
      const answer = await answering;
      report("answered", outcomesOf(answer));
      return answer;
    } catch (error) {
      report(isAway?.(error) ? "away" : "failed", []);
      throw error;
    }
  }
}
