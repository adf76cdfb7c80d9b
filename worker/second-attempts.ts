import type { Lease } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { Claimant } from "./claimant.ts";
import type { HeldWork } from "./held-work.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import { leaseFields } from "./leased-job.ts";
import type { Held } from "./run-claims.ts";
import type { WorkPlaces } from "./work-places.ts";

export interface SecondAttemptsDeps {
  readonly claimant: Claimant;
  readonly keeper: LeaseKeeper;
  readonly places: WorkPlaces;
  readonly work: HeldWork;
  readonly hold: (lease: Lease, claimedAt: number) => Held;
  readonly isStopping: () => boolean;
  readonly log: Log;
}

/** Jobs that are done beside another worker. */
export class SecondAttempts {
  readonly #deps: SecondAttemptsDeps;
  /** Those that are asked for, or done. */
  readonly #ids = new Set<string>();

  constructor(deps: SecondAttemptsDeps) {
    this.#deps = deps;
  }

  /** Takes up a free place with a job that another worker has had for long, in case that one is slow or stands still. */
  begin(id: string): void {
    const { places, keeper, isStopping } = this.#deps;
    if (isStopping() || places.free <= 0 || this.#ids.has(id) || keeper.holds(id)) return;
    this.#ids.add(id);
    places.take(this.#occupy(id).finally(() => this.#ids.delete(id)));
  }

  async #occupy(id: string): Promise<void> {
    const { claimant, work, hold, log } = this.#deps;
    try {
      const { leases, claimedAt } = await claimant.claimSecond(id);
      for (const lease of leases) {
        log.info(leaseFields(lease), "a second attempt beside a slow worker");
        await work.alone(hold(lease, claimedAt));
      }
    } catch (error) {
      log.warn({ job: id, error: String(error) }, "no second attempt");
    }
  }
}
