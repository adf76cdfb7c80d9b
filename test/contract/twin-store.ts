import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { LeaseOverview, OverviewQuery } from "../../shared/lease/lease-overview.ts";
import type {
  Announcement,
  Claim,
  CommitResult,
  Failure,
  Hold,
  JobRequest,
  Lease,
  LeaseStore,
  RequestOutcome,
  SecondClaim,
} from "../../shared/lease/lease-store.ts";

/**
 * A store and its model, called in step: every outcome must be the same in both. Tokens are the store's
 * own; the model's stand for them one by one.
 */
export class TwinStore implements LeaseStore {
  readonly #real: LeaseStore;
  #model: LeaseStore | undefined;
  readonly #modelTokens = new Map<number, number>();
  /** Outcomes that were the same. */
  compared = 0;

  constructor(real: LeaseStore, model: LeaseStore | undefined) {
    this.#real = real;
    this.#model = model;
  }

  /** From here on the store is held to another model, or to none where it is harmed as no model is. */
  turnTo(model: LeaseStore | undefined): void {
    this.#model = model;
    this.#modelTokens.clear();
  }

  async request(jobs: readonly JobRequest[]): Promise<readonly RequestOutcome[]> {
    const forModel = jobs.map((job) => ({ ...job, gone: job.gone && this.#modelToken(job.gone) }));
    const [outcomes, modelled] = await Promise.all([
      this.#real.request(jobs),
      this.#model?.request(forModel),
    ]);
    if (!modelled) return outcomes;
    const asModel = outcomes.map((outcome) =>
      outcome.kind === "done" ? { ...outcome, token: this.#modelToken(outcome.token) } : outcome,
    );
    this.#compare("request", jobs, asModel, modelled);
    return outcomes;
  }

  async claim(claim: Claim): Promise<readonly Lease[]> {
    const [leases, modelled] = await Promise.all([this.#real.claim(claim), this.#model?.claim(claim)]);
    if (modelled) this.#compareLeases("claim", claim, leases, modelled);
    return leases;
  }

  async claimSecond(claim: SecondClaim): Promise<Lease | undefined> {
    const [lease, modelled] = await Promise.all([
      this.#real.claimSecond(claim),
      this.#model?.claimSecond(claim).then((second) => (second ? [second] : [])),
    ]);
    if (modelled) this.#compareLeases("second", claim, lease ? [lease] : [], modelled);
    return lease;
  }

  #compareLeases(name: string, claim: unknown, leases: readonly Lease[], modelled: readonly Lease[]): void {
    this.#compare(name, claim, leases.map(withoutToken), modelled.map(withoutToken));
    for (const [k, { token }] of leases.entries()) {
      const known = this.#modelTokens.get(token);
      if (known !== undefined) expect(modelled[k]!.token, "a replayed token").toBe(known);
      this.#modelTokens.set(token, modelled[k]!.token);
    }
  }

  renew(holds: readonly Hold[], leaseMs: number) {
    return this.#both("renew", holds, (store, own) => store.renew(holds.map(own), leaseMs));
  }

  commit(hold: Hold, result: CommitResult) {
    return this.#both("commit", hold, (store, own) => store.commit(own(hold), result));
  }

  fail(hold: Hold, failure: Failure) {
    return this.#both("fail", hold, (store, own) => store.fail(own(hold), failure));
  }

  release(holds: readonly Hold[], backoffMs?: number) {
    return this.#both("release", holds, (store, own) => store.release(holds.map(own), backoffMs));
  }

  cancel(ids: readonly string[]) {
    return this.#both("cancel", ids, (store) => store.cancel(ids));
  }

  status(ids: readonly string[]) {
    return this.#both("status", ids, (store) => store.status(ids));
  }

  stats() {
    return this.#both("stats", undefined, (store) => store.stats());
  }

  /** What is in no order in one of them has one in both. */
  async overview(query: OverviewQuery) {
    const [outcome, modelled] = await Promise.all([this.#real.overview(query), this.#model?.overview(query)]);
    if (modelled) this.#compare("overview", query, inOrder(outcome), inOrder(modelled));
    return outcome;
  }

  subscribe(listener: (announcement: Announcement) => void) {
    return this.#real.subscribe(listener);
  }

  /** @param call gets the store and what turns a hold into that store's own. */
  async #both<Outcome>(
    name: string,
    input: unknown,
    call: (store: LeaseStore, own: (hold: Hold) => Hold) => Promise<Outcome>,
  ): Promise<Outcome> {
    const toModel = (hold: Hold) => ({ ...hold, token: this.#modelToken(hold.token) });
    const [outcome, modelled] = await Promise.all([
      call(this.#real, (hold) => hold),
      this.#model && call(this.#model, toModel),
    ]);
    if (this.#model) this.#compare(name, input, outcome, modelled);
    return outcome;
  }

  /** One that the model never gave out stands for what it does not know. */
  #modelToken(token: number): number {
    return this.#modelTokens.get(token) ?? -1;
  }

  #compare(name: string, input: unknown, outcome: unknown, modelled: unknown): void {
    this.compared += 1;
    if (isDeepStrictEqual(outcome, modelled)) return;
    expect(outcome, `${name} ${JSON.stringify(input)}, as the model has it`).toEqual(modelled);
  }
}

function inOrder({ leases, workers, faults, queued, ...rest }: LeaseOverview) {
  const sorted = <T>(items: readonly T[]) => items.map((item) => JSON.stringify(sortedKeys(item))).sort();
  return {
    ...rest,
    ...{ leases: sorted(leases), workers: sorted(workers), faults: sorted(faults), queued: sorted(queued) },
  };
}

function sortedKeys(item: unknown): unknown {
  return typeof item === "object" && item ? Object.entries(item).sort() : item;
}

function withoutToken({ token: _, ...rest }: Lease) {
  return rest;
}
