import { parseJob } from "../shared/job.ts";
import type { Log } from "../shared/log.ts";
import type { HeldWork } from "./held-work.ts";
import type { LeaseReports } from "./lease-reports.ts";
import { leaseFields } from "./leased-job.ts";
import type { Held, HeldRun, RunClaims } from "./run-claims.ts";
import type { StepBacks } from "./step-backs.ts";
import type { WorkPlaces } from "./work-places.ts";

export interface HeldStartsDeps {
  readonly places: WorkPlaces;
  readonly claims: RunClaims;
  readonly reports: LeaseReports;
  readonly work: HeldWork;
  readonly stepBacks: StepBacks;
  readonly isStopping: () => boolean;
  readonly log: Log;
}

/** Begins with what was claimed: alone, or in runs. */
export class HeldStarts {
  readonly #deps: HeldStartsDeps;

  constructor(deps: HeldStartsDeps) {
    this.#deps = deps;
  }

  /**
   * Takes up a place with each job, and with those that are made in one go with it. What an earlier one of the same
   * title takes along needs no place of its own.
   */
  start(held: readonly Held[]): void {
    const waiting = new Map(held.map((one) => [one.lease.id, one]));
    const turns = new Map<string, Promise<unknown>>();
    for (const first of held) {
      const { id, awaited } = first.lease;
      const queue = awaited ? id : id.split("/", 1)[0]!;
      const turn = turns.get(queue) ?? Promise.resolve();
      const run = turn.then(async () => waiting.delete(id) && this.#gather(first, waiting));
      turns.set(queue, run);
      this.#deps.places.take(run.then((gathered) => (gathered ? this.#occupy(first, gathered) : undefined)));
    }
  }

  /** @returns what is made in one go from a job on; "alone" where that is nothing else. */
  async #gather(first: Held, waiting: Map<string, Held>): Promise<HeldRun | "alone"> {
    if (this.#deps.isStopping() || this.#deps.reports.storageIsFull) return "alone";
    try {
      if (this.#deps.stepBacks.isUnlike(parseJob(first.lease.payload))) return "alone";
      return (await this.#deps.claims.startingWith(first, waiting)) ?? "alone";
    } catch (error) {
      // Made alone, it will say what is wrong.
      this.#deps.log.debug({ ...leaseFields(first.lease), error: String(error) }, "no run");
      return "alone";
    }
  }

  async #occupy(first: Held, run: HeldRun | "alone"): Promise<void> {
    await (run === "alone" ? this.#deps.work.alone(first) : this.#deps.work.run(run));
  }
}
