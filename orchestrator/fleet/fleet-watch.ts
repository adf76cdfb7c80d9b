import { describeFleet } from "../../shared/fleet/describe-fleet.ts";
import type { FleetView } from "../../shared/fleet/fleet-view.ts";
import type { TitleLayout } from "../../shared/fleet/title-layout.ts";
import type { LeaseOverview } from "../../shared/lease/lease-overview.ts";
import type { LeaseRequests } from "../../shared/lease/lease-store.ts";
import type { Log } from "../../shared/log.ts";
import { RedisUnavailableError } from "../../shared/redis/redis-port.ts";
import type { SegmentListing } from "../../shared/storage/segment-storage.ts";
import { Problem, redisAway } from "../problem.ts";
import { TitleMap } from "./title-map.ts";

/** The store is asked this often, and sooner when it announces something, but never more often than the latter. */
const LOOK_MS = 1000;
const LOOK_AGAIN_MS = 250;
/** How long one look may take. */
const LOOK_TIMEOUT_MS = 5000;
const MOST_WATCHERS = 32;

export interface FleetWatchDeps {
  readonly store: LeaseRequests;
  readonly listing: SegmentListing;
  /** Whether there may be workers besides this process. */
  readonly isFleet: boolean;
  readonly log: Log;
}

/** What is told to everybody who watches. */
export interface Sight {
  /** Raised with each change. */
  readonly version: number;
  readonly view: FleetView | undefined;
  /** Why nothing newer is known. */
  readonly trouble: Problem | undefined;
}

interface SharedMap {
  readonly map: TitleMap;
  watchers: number;
}

/**
 * Looks at the lease store and storage for all who watch the fleet through this process: once for all of them, and
 * not at all while nobody does.
 */
export class FleetWatch {
  readonly #deps: FleetWatchDeps;
  readonly #wakers = new Set<() => void>();
  readonly #maps = new Map<string, SharedMap>();
  #sight: Sight = { version: 0, view: undefined, trouble: undefined };
  #looking: AbortController | undefined;
  #lookSooner: () => void = () => {};
  #closed = false;

  constructor(deps: FleetWatchDeps) {
    this.#deps = deps;
  }

  /** Ends whatever is watched. */
  close(): void {
    this.#closed = true;
    this.#looking?.abort();
    for (const wake of [...this.#wakers]) wake();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get sight(): Sight {
    return this.#sight;
  }

  /** @throws RedisUnavailableError where the store is away. */
  async look(signal: AbortSignal): Promise<FleetView> {
    return describeFleet(await this.#deps.store.overview({ titles: [] }, signal), this.#deps.isFleet);
  }

  /** A title's map as it is now. */
  async lookAt(layout: TitleLayout, signal: AbortSignal) {
    const map = this.#createMap(layout);
    await map.update(await this.#deps.store.overview({ titles: [layout.titleKey] }, signal), signal);
    return map.snapshot();
  }

  /**
   * From now on until the answer is called, `wake` is called with every change, and when the watch is closed.
   * @throws Problem where as many watch as may.
   */
  join(wake: () => void): () => void {
    if (this.#wakers.size >= MOST_WATCHERS) throw tooManyWatchers();
    this.#wakers.add(wake);
    if (!this.#looking && !this.#closed) this.#start();
    return () => {
      this.#wakers.delete(wake);
      if (this.#wakers.size === 0) this.#looking?.abort();
    };
  }

  /** The map of a title, kept up to date for those who have joined, until `leave`. */
  openMap(layout: TitleLayout): { readonly map: TitleMap; leave(): void } {
    const { titleKey } = layout;
    const shared = this.#maps.get(titleKey) ?? { map: this.#createMap(layout), watchers: 0 };
    this.#maps.set(titleKey, shared);
    shared.watchers += 1;
    this.#lookSooner();
    const leave = () => {
      shared.watchers -= 1;
      if (shared.watchers === 0 && this.#maps.get(titleKey) === shared) this.#maps.delete(titleKey);
    };
    return { map: shared.map, leave };
  }

  #createMap(layout: TitleLayout): TitleMap {
    return new TitleMap(layout, this.#deps.listing, () => performance.now());
  }

  #start(): void {
    const looking = new AbortController();
    this.#looking = looking;
    const unsubscribe = this.#deps.store.subscribe((announcement) => {
      if (announcement.kind === "done")
        for (const { map } of this.#maps.values()) map.noteDone(announcement.id);
      this.#lookSooner();
    });
    void this.#lookOn(looking.signal).finally(() => {
      unsubscribe();
      if (this.#looking === looking) this.#looking = undefined;
      // Somebody came while the last one left.
      if (this.#wakers.size > 0 && !this.#closed && !this.#looking) this.#start();
    });
  }

  async #lookOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pause = this.#pause(signal);
      const sight = await this.#lookOnce(AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]));
      if (signal.aborted) return pause.end();
      this.#sight = { ...sight, version: this.#sight.version + 1 };
      for (const wake of [...this.#wakers]) wake();
      await pause.over;
    }
  }

  async #lookOnce(signal: AbortSignal): Promise<Omit<Sight, "version">> {
    const { store, isFleet, log } = this.#deps;
    try {
      const maps = [...this.#maps.values()];
      const overview: LeaseOverview = await store.overview({ titles: [...this.#maps.keys()] }, signal);
      await Promise.all(maps.map(({ map }) => map.update(overview, signal)));
      return { view: describeFleet(overview, isFleet), trouble: undefined };
    } catch (error) {
      const trouble = error instanceof RedisUnavailableError ? redisAway() : cantSee();
      if (!signal.aborted) log.warn({ error: String(error) }, "the fleet can't be seen");
      return { view: this.#sight.view, trouble };
    }
  }

  /** Over after a while; sooner when something was announced since it began. */
  #pause(signal: AbortSignal): { readonly over: Promise<void>; end(): void } {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      const begun = performance.now();
      let timer = setTimeout(() => end(), LOOK_MS);
      let isSooner = false;
      end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      signal.addEventListener("abort", end, { once: true });
      this.#lookSooner = () => {
        if (isSooner) return;
        isSooner = true;
        clearTimeout(timer);
        timer = setTimeout(() => end(), Math.max(0, begun + LOOK_AGAIN_MS - performance.now()));
      };
    });
    return { over, end: () => end() };
  }
}

function tooManyWatchers(): Problem {
  return new Problem({
    status: 503,
    code: "too-many-watchers",
    title: "Too many are watching",
    detail: `${MOST_WATCHERS} pages watch the fleet through this server already. Close one of them, or ask GET /api/fleet now and then.`,
    retryAfterSeconds: 10,
  });
}

function cantSee(): Problem {
  return new Problem({
    status: 503,
    code: "fleet-unseen",
    title: "The fleet can't be seen",
    detail: "The lease store or storage did not answer as they should: the server's log says more.",
    retryAfterSeconds: 2,
  });
}
