import type { Log } from "../log.ts";
import { silentTelemetry, type Telemetry } from "../telemetry.ts";
import { addOverviews, type LeaseOverview, type OverviewQuery } from "./lease-overview.ts";
import type {
  Announcement,
  JobRequest,
  LeaseRequests,
  LeaseStats,
  RequestOutcome,
  Unsubscribe,
} from "./lease-store.ts";

export interface FallbackOptions {
  /** Whether an error means that the fleet's store is away. */
  readonly isAway: (error: unknown) => boolean;
  /** How long a store that was away is left alone before it is asked again, milliseconds. */
  readonly retryMs: number;
  readonly now: () => number;
  readonly log: Log;
  readonly telemetry?: Telemetry;
}

/**
 * Requests go to the fleet, and to workers in this process while the fleet's store is away. A job that
 * began here ends here; since both write to the same storage, the same job in both places is waste at most.
 */
export class FallbackRequests implements LeaseRequests {
  readonly #fleet: LeaseRequests;
  readonly #local: LeaseRequests;
  readonly #options: FallbackOptions;
  #awayUntil = Number.NEGATIVE_INFINITY;
  #isAway = false;

  constructor(fleet: LeaseRequests, local: LeaseRequests, options: FallbackOptions) {
    this.#fleet = fleet;
    this.#local = local;
    this.#options = options;
  }

  async request(jobs: readonly JobRequest[], signal?: AbortSignal): Promise<readonly RequestOutcome[]> {
    const here = await this.#local.status(jobs.map(({ id }) => id));
    const isHere = (position: number) => here[position]!.kind !== "unknown";
    const local = jobs.filter((_, position) => isHere(position));
    const fleet = jobs.filter((_, position) => !isHere(position));
    const [localOutcomes, fleetOutcomes] = await Promise.all([
      local.length > 0 ? this.#local.request(local) : [],
      fleet.length > 0 ? this.#requestFleet(fleet, signal) : [],
    ]);
    const [nextLocal, nextFleet] = [localOutcomes.values(), fleetOutcomes.values()];
    return jobs.map((_, position) => (isHere(position) ? nextLocal : nextFleet).next().value!);
  }

  async cancel(ids: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#local.cancel(ids);
    await this.#ask(
      () => this.#fleet.cancel(ids, signal),
      async () => {},
    );
  }

  async status(ids: readonly string[], signal?: AbortSignal) {
    const here = await this.#local.status(ids);
    const there = await this.#ask(
      () => this.#fleet.status(ids, signal),
      async () => here,
    );
    return here.map((status, position) => (status.kind === "unknown" ? there[position]! : status));
  }

  async stats(signal?: AbortSignal): Promise<LeaseStats> {
    return this.#ask(
      () => this.#fleet.stats(signal),
      () => this.#local.stats(),
    );
  }

  /** Of the fleet, and of what is done here in its place. */
  async overview(query: OverviewQuery, signal?: AbortSignal): Promise<LeaseOverview> {
    const here = await this.#local.overview(query);
    return this.#ask(
      async () => {
        const fleet = await this.#fleet.overview(query, signal);
        // Whoever stands by here is no worker of the fleet.
        return here.leases.length > 0 ? addOverviews([fleet, here]) : fleet;
      },
      async () => ({ ...here, isAway: true }),
    );
  }

  subscribe(listener: (announcement: Announcement) => void): Unsubscribe {
    const unsubscribes = [this.#fleet.subscribe(listener), this.#local.subscribe(listener)];
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
  }

  #requestFleet(jobs: readonly JobRequest[], signal?: AbortSignal): Promise<readonly RequestOutcome[]> {
    return this.#ask(
      () => this.#fleet.request(jobs, signal),
      () => {
        this.#telemetry.report({ kind: "jobs-kept-here", jobs: jobs.length });
        return this.#local.request(jobs);
      },
    );
  }

  get #telemetry(): Telemetry {
    return this.#options.telemetry ?? silentTelemetry;
  }

  /** Asks the fleet; where it is away, or was a moment ago, does the other thing. */
  async #ask<Answer>(fleet: () => Promise<Answer>, otherwise: () => Promise<Answer>): Promise<Answer> {
    if (this.#options.now() < this.#awayUntil) return otherwise();
    try {
      const answer = await fleet();
      this.#note(false);
      return answer;
    } catch (error) {
      if (!this.#options.isAway(error)) throw error;
      this.#note(true);
      return otherwise();
    }
  }

  #note(isAway: boolean): void {
    if (isAway) this.#awayUntil = this.#options.now() + this.#options.retryMs;
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#telemetry.report({ kind: "fleet-reachable", reachable: !isAway });
    if (isAway) this.#options.log.warn({}, "redis is away: encoding here meanwhile");
    else this.#options.log.info({}, "redis is back: the fleet encodes again");
  }
}
