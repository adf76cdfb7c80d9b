import { FaultError } from "../../shared/fault.ts";
import { layOutTitle, type TitleLayout } from "../../shared/fleet/title-layout.ts";
import { RedisUnavailableError } from "../../shared/redis/redis-port.ts";
import type { WaitLimits } from "../doors/wait-limits.ts";
import type { JobDesk } from "../job-desk.ts";
import { faultProblem, Problem, redisAway } from "../problem.ts";
import type { TitleCatalog } from "../title-catalog.ts";
import type { FleetEvents } from "./fleet-events.ts";
import type { FleetWatch } from "./fleet-watch.ts";

export interface FollowedTitleDeps {
  readonly watch: FleetWatch;
  readonly catalog: TitleCatalog;
  /** Where a title that nobody has opened yet is looked into, and how many may wait for that. */
  readonly desk: JobDesk;
  readonly waits: WaitLimits;
}

/** Plans a title, which a worker may have to look into first. */
export async function layOut(
  path: string,
  asker: Pick<Request, "signal">,
  { catalog, desk, waits }: FollowedTitleDeps,
): Promise<TitleLayout> {
  const title = await catalog.open(
    path,
    waits.at(desk, () => "whoever looks at the fleet"),
    asker,
  );
  const original = await catalog.findOriginal(title, asker);
  return layOutTitle(title, original?.kind === "original" ? original : undefined);
}

/** The title at a path as one client sees it: opened, and opened anew once its source is another one. */
export class FollowedTitle {
  readonly #path: string;
  readonly #events: FleetEvents;
  readonly #onChange: () => void;
  readonly #deps: FollowedTitleDeps;
  readonly #leaving = new AbortController();
  #isOpening = false;
  /** Of what is shown, or could not be. */
  #key: string | undefined | "none";
  #leaveMap: () => void = () => {};

  constructor(path: string, events: FleetEvents, onChange: () => void, deps: FollowedTitleDeps) {
    this.#path = path;
    this.#events = events;
    this.#onChange = onChange;
    this.#deps = deps;
  }

  /** Opens it where that hasn't been tried, or where somebody has found out more since. */
  check(): void {
    const known = this.#deps.catalog.known(this.#path)?.key;
    const isNews = this.#key === undefined || (known !== undefined && known !== this.#key);
    if (this.#isOpening || !isNews) return;
    this.#isOpening = true;
    void this.#open().finally(() => {
      this.#isOpening = false;
      this.#onChange();
    });
  }

  leave(): void {
    this.#leaving.abort(new Error("nobody looks at the title any more"));
    this.#leaveMap();
  }

  async #open(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const layout = await layOut(this.#path, { signal }, this.#deps);
      if (signal.aborted) return;
      this.#leaveMap();
      const { map, leave } = this.#deps.watch.openMap(layout);
      this.#leaveMap = leave;
      this.#key = layout.titleKey;
      this.#events.show(map);
    } catch (error) {
      // What is known of the path now did not help.
      this.#key = this.#deps.catalog.known(this.#path)?.key ?? "none";
      if (!signal.aborted) this.#events.showTrouble(problemOf(error));
    }
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof FaultError) return faultProblem(error);
  if (error instanceof RedisUnavailableError) return redisAway();
  return faultProblem(new FaultError("internal", "The title can't be shown: see the server's log."));
}
