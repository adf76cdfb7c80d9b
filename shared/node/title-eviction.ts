import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import {
  bytesToFree,
  type EvictionPlan,
  evictionOrder,
  isLive,
  planEviction,
  type SizedTitle,
  type StoredTitle,
} from "../storage/eviction-plan.ts";
import { titleFolder } from "../storage/object-name.ts";
import { silentTelemetry, type Telemetry } from "../telemetry.ts";
import { untilAborted } from "../until-aborted.ts";
import { defaultMinFree, freeSpace, leastRoom } from "./free-space.ts";
import { isFull, isGone } from "./storage-fault.ts";
import { takeTurn } from "./take-turn.ts";
import {
  clockFrom,
  evictedPath,
  readStorageClock,
  removeEvicted,
  type StorageClock,
  sweepEvicted,
} from "./temporary-files.ts";
import { TitleFolders } from "./title-folders.ts";
import { lastUsedMs } from "./use-markers.ts";

export interface EvictionOptions {
  /** Bytes of all titles together; without it, as many as there is space for. */
  readonly maxBytes?: number | undefined;
  /** Bytes to be left on the file system. */
  readonly minFreeBytes?: number | undefined;
  readonly log: Log;
  readonly telemetry?: Telemetry;
}

export interface Evicted {
  readonly titles: number;
  readonly bytes: number;
}

const NOTHING: Evicted = { titles: 0, bytes: 0 };
/** One look through all of storage in this time is enough for all nodes. */
const TURN_MS = 45_000;
/** No writer waits longer than this for room; what makes room goes on. */
const ROOM_WAIT_MS = 10_000;

/**
 * Keeps storage within its limits. Whole titles go, the least recently used first, and none that any node
 * used in the last ten minutes. Any number of nodes may do so at once: a title leaves its place by one
 * `rename`, which one of them wins.
 */
export class TitleEviction {
  readonly #root: string;
  readonly #options: EvictionOptions;
  readonly #telemetry: Telemetry;
  readonly #folders: TitleFolders;
  #makingRoom: Promise<boolean> | undefined;

  constructor(root: string, options: EvictionOptions) {
    this.#root = root;
    this.#options = options;
    this.#telemetry = options.telemetry ?? silentTelemetry;
    this.#folders = new TitleFolders(root);
  }

  /** Evicts what is beyond the limits; what went. */
  async keepLimits(signal: AbortSignal): Promise<Evicted> {
    await sweepEvicted(this.#root);
    const space = await freeSpace(this.#root);
    const { maxBytes, minFreeBytes = defaultMinFree(space) } = this.#options;
    const limits = { maxBytes, minFreeBytes };
    const needed = bytesToFree(0, space.freeBytes, limits);
    const mustLook = maxBytes !== undefined || needed > 0;
    if (!mustLook || !(await takeTurn(this.#root, TURN_MS))) {
      // Whoever's turn it is says what there is to say.
      this.#telemetry.report({ kind: "storage-measured", beyondBytes: 0 });
      return NOTHING;
    }
    const titles = await this.#folders.list(signal);
    this.#folders.keepOnly(titles.map(({ key }) => key));
    const clock = await this.#readClock(titles);
    // Without a maximum it doesn't matter how large those are that stay.
    const sized =
      maxBytes === undefined
        ? await this.#measure(evictionOrder(titles, clock()), needed, true, signal)
        : await this.#measure(titles, Number.POSITIVE_INFINITY, true, signal);
    const { freeBytes } = await freeSpace(this.#root);
    const plan = planEviction(sized, limits, freeBytes, clock());
    const evicted = await this.#evict(plan, clock, signal);
    const titleBytes = sized.reduce((sum, { bytes }) => sum + bytes, -evicted.bytes);
    this.#telemetry.report({
      kind: "storage-measured",
      beyondBytes: plan.missingBytes,
      ...(maxBytes !== undefined && { titleBytes }),
    });
    return evicted;
  }

  /**
   * Makes room for a write that failed, if there is anything to evict.
   * @param insist the file system says that there is room, but a write has failed again: a quota, or the
   * number of files, may be used up.
   * @returns whether it makes sense to write again.
   */
  async makeRoom(insist: boolean, signal?: AbortSignal): Promise<boolean> {
    this.#makingRoom ??= this.#makeRoom(insist).finally(() => {
      this.#makingRoom = undefined;
    });
    try {
      const late = AbortSignal.timeout(ROOM_WAIT_MS);
      return await untilAborted(this.#makingRoom, signal ? AbortSignal.any([late, signal]) : late);
    } catch (error) {
      signal?.throwIfAborted();
      this.#options.log.warn({ error: String(error) }, "no room made in storage");
      return false;
    }
  }

  async #makeRoom(insist: boolean): Promise<boolean> {
    const signal = AbortSignal.timeout(6 * ROOM_WAIT_MS);
    // Listed before the look at the space that is left: what another node evicts in between is one of these
    // titles, so both take the same ones and not twice as many.
    const titles = await this.#folders.list(signal);
    await sweepEvicted(this.#root);
    const space = await freeSpace(this.#root);
    const { minFreeBytes = defaultMinFree(space) } = this.#options;
    const limits = { minFreeBytes: Math.max(minFreeBytes, leastRoom(space)) };
    const freeBytes = insist ? 0 : space.freeBytes;
    const needed = bytesToFree(0, freeBytes, limits);
    // Somebody else has made room meanwhile.
    if (needed === 0) return true;
    const clock = await this.#readClock(titles);
    const sized = await this.#measure(evictionOrder(titles, clock()), needed, false, signal);
    const plan = planEviction(sized, limits, freeBytes, clock());
    await this.#evict(plan, clock, signal);
    // What another node was faster to take is room all the same, once it is deleted.
    await sweepEvicted(this.#root);
    return plan.evict.length > 0;
  }

  /** Evicts one title, whatever the limits, unless somebody uses it. */
  async evictTitle(key: string, signal: AbortSignal): Promise<"evicted" | "absent" | "in-use"> {
    signal.throwIfAborted();
    const usedAtMs = await lastUsedMs(join(this.#root, titleFolder(key)));
    if (usedAtMs === undefined) return "absent";
    const clock = await this.#readClock([{ key, usedAtMs }]);
    if (!(await this.#evictOne(key, clock))) return (await this.#isThere(key)) ? "in-use" : "absent";
    this.#options.log.info({ title: key }, "title evicted from storage, as it was asked for");
    return "evicted";
  }

  async #isThere(key: string): Promise<boolean> {
    return (await lastUsedMs(join(this.#root, titleFolder(key)))) !== undefined;
  }

  /** Sizes of the first titles, until they make up enough. */
  async #measure(
    titles: readonly StoredTitle[],
    enough: number,
    gently: boolean,
    signal: AbortSignal,
  ): Promise<SizedTitle[]> {
    const sized: SizedTitle[] = [];
    let sum = 0;
    for (const title of titles) {
      if (sum >= enough) break;
      const bytes = await this.#folders.measure(title.key, gently, signal);
      sized.push({ ...title, bytes });
      sum += bytes;
    }
    return sized;
  }

  async #evict(plan: EvictionPlan, clock: StorageClock, signal: AbortSignal): Promise<Evicted> {
    let evicted = NOTHING;
    for (const { key, bytes } of plan.evict) {
      signal.throwIfAborted();
      if (!(await this.#evictOne(key, clock))) continue;
      evicted = { titles: evicted.titles + 1, bytes: evicted.bytes + bytes };
    }
    const { log } = this.#options;
    if (evicted.titles > 0) {
      log.info({ ...evicted }, "titles evicted from storage");
      this.#telemetry.report({ kind: "titles-evicted", ...evicted });
    }
    if (plan.missingBytes > 0) {
      log.warn({ missingBytes: plan.missingBytes }, "storage is beyond its limits with titles in use");
    }
    return evicted;
  }

  async #evictOne(key: string, clock: StorageClock): Promise<boolean> {
    const folder = join(this.#root, titleFolder(key));
    const usedAtMs = await lastUsedMs(folder);
    // Somebody may have begun to watch it since it was listed.
    if (usedAtMs === undefined || isLive({ usedAtMs }, clock())) return false;
    const evicted = await evictedPath(this.#root);
    try {
      await rename(folder, evicted);
    } catch (error) {
      // Another node was faster.
      if (isGone(error)) return false;
      throw error;
    }
    await removeEvicted(evicted);
    return true;
  }

  async #readClock(titles: readonly StoredTitle[]): Promise<StorageClock> {
    try {
      return await readStorageClock(this.#root);
    } catch (error) {
      if (!isFull(error)) throw error;
      // Not even an empty file can be made: it is at least as late as the latest use.
      return clockFrom(Math.max(0, ...titles.map(({ usedAtMs }) => usedAtMs)));
    }
  }
}
