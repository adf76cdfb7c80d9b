/** What storage may take up, in bytes. */
export interface StorageLimits {
  /** Of all titles together. */
  readonly maxBytes?: number | undefined;
  /** To be left on the file system. */
  readonly minFreeBytes: number;
}

export interface StoredTitle {
  readonly key: string;
  /** When somebody last watched it or made a part of it, milliseconds on storage's clock. */
  readonly usedAtMs: number;
}

export interface SizedTitle extends StoredTitle {
  readonly bytes: number;
}

export interface EvictionPlan {
  /** In this order. */
  readonly evict: readonly SizedTitle[];
  /** Bytes that ought to go too, but belong to titles that are being watched. */
  readonly missingBytes: number;
}

/** For so long after its last use a title counts as being watched: a player that is paused may go on. */
const LIVE_MS = 600_000;
/** What is made room for at a time, so that it needn't be done again at once. */
const ROOM = { ofMax: 0.1, ofMinFree: 0.25 };

/** Which titles go so that storage keeps to its limits: the least recently used first, never one in use. */
export function planEviction(
  titles: readonly SizedTitle[],
  limits: StorageLimits,
  freeBytes: number,
  nowMs: number,
): EvictionPlan {
  const usedBytes = titles.reduce((sum, { bytes }) => sum + bytes, 0);
  let missingBytes = bytesToFree(usedBytes, freeBytes, limits);
  const evict: SizedTitle[] = [];
  for (const title of evictionOrder(titles, nowMs)) {
    if (missingBytes <= 0) break;
    evict.push(title);
    missingBytes -= title.bytes;
  }
  return { evict, missingBytes: Math.max(0, missingBytes) };
}

/** Nothing while the limits are kept; else enough for a while. */
export function bytesToFree(usedBytes: number, freeBytes: number, limits: StorageLimits): number {
  const { maxBytes = Number.POSITIVE_INFINITY, minFreeBytes } = limits;
  const tooMany = usedBytes > maxBytes ? usedBytes - maxBytes * (1 - ROOM.ofMax) : 0;
  const tooFew = freeBytes < minFreeBytes ? minFreeBytes * (1 + ROOM.ofMinFree) - freeBytes : 0;
  return Math.ceil(Math.max(tooMany, tooFew));
}

/** Titles that nobody uses, the least recently used first. */
export function evictionOrder<Title extends StoredTitle>(titles: readonly Title[], nowMs: number): Title[] {
  return titles
    .filter((title) => !isLive(title, nowMs))
    .sort((a, b) => a.usedAtMs - b.usedAtMs || (a.key < b.key ? -1 : 1));
}

export function isLive({ usedAtMs }: Pick<StoredTitle, "usedAtMs">, nowMs: number): boolean {
  return nowMs - usedAtMs < LIVE_MS;
}
