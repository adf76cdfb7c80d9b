/**
 * What a lease store shows to whoever looks at the fleet. All times are milliseconds since 1970 on the store's own
 * clock, whose hand is `now`.
 */
export interface LeaseOverview {
  readonly now: number;
  readonly queue: QueueDepth;
  /** In no order. */
  readonly leases: readonly LeaseSeen[];
  /** Those that were heard of within `WORKER_RETAIN_MS`, in no order. */
  readonly workers: readonly WorkerSeen[];
  /** What went wrong lately, the latest first; at most `MOST_FAULTS`. */
  readonly faults: readonly LeaseFault[];
  /** Since the store began. */
  readonly totals: LeaseTotals;
  /** Ids of the jobs of the titles asked about that wait for a worker, at most `MOST_QUEUED` of them. */
  readonly queued: readonly string[];
  /** The fleet's store is away; this is what is done in its place. */
  readonly isAway?: true;
}

export interface OverviewQuery {
  /** Keys of the titles whose queued jobs are listed. */
  readonly titles: readonly string[];
}

/** Jobs that wait for a worker, by how soon they are needed. */
export interface QueueDepth {
  /** Somebody waits for them. */
  readonly awaited: number;
  /** Needed within `AHEAD_MS`: what those who watch will want next. */
  readonly ahead: number;
  /** Needed later than that: what is made in advance. */
  readonly later: number;
  /** Failed a moment ago, and not tried again before a pause is over. */
  readonly backingOff: number;
  /** The earliest deadline of all but the latter. */
  readonly earliestDeadline?: number;
}

export interface LeaseSeen {
  readonly id: string;
  readonly payload: string;
  /** The claimant. */
  readonly worker: string;
  /** When it was claimed. */
  readonly since: number;
  readonly attempt: number;
  /** When it was to be needed; past where somebody waits. */
  readonly deadline: number;
  readonly renewedAt: number;
  readonly until: number;
  /** It is held beside another one, of the same job. */
  readonly isSecond: boolean;
}

export interface WorkerSeen {
  /** The claimant. */
  readonly worker: string;
  readonly seenAt: number;
  /** When a lease of its ran out, if that is the last that is known of it. */
  readonly lapsedAt?: number;
  /** When it last said something about itself; 0 where it never did. */
  readonly heardAt: number;
  /** What it said; empty where nothing. */
  readonly self: string;
}

export interface LeaseFault {
  readonly at: number;
  /** It will be tried again, is given up, or its worker let the lease run out. */
  readonly kind: "failed" | "dead" | "lapsed";
  readonly id: string;
  readonly payload: string;
  readonly worker: string;
  readonly attempt: number;
  /** As it was reported; empty where the lease ran out. */
  readonly reason: string;
}

export interface LeaseTotals {
  readonly done: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Leases that ran out. */
  readonly lapsed: number;
  /** Jobs that were given up. */
  readonly dead: number;
}

export const AHEAD_MS = 60_000;
export const MOST_FAULTS = 50;
export const MOST_QUEUED = 5000;
/** So long a worker that says nothing more is shown, and what went wrong. */
export const WORKER_RETAIN_MS = 600_000;
export const FAULT_RETAIN_MS = 3_600_000;

/** What all shards of a store show together. */
export function addOverviews(parts: readonly LeaseOverview[]): LeaseOverview {
  const workers = new Map<string, WorkerSeen>();
  for (const seen of parts.flatMap((part) => part.workers)) {
    const known = workers.get(seen.worker);
    workers.set(seen.worker, known ? sameWorker(known, seen) : seen);
  }
  const sum = (read: (part: LeaseOverview) => number) => parts.reduce((total, part) => total + read(part), 0);
  const deadlines = parts.flatMap(({ queue }) => queue.earliestDeadline ?? []);
  return {
    now: Math.max(...parts.map(({ now }) => now)),
    queue: {
      awaited: sum(({ queue }) => queue.awaited),
      ahead: sum(({ queue }) => queue.ahead),
      later: sum(({ queue }) => queue.later),
      backingOff: sum(({ queue }) => queue.backingOff),
      ...(deadlines.length > 0 && { earliestDeadline: Math.min(...deadlines) }),
    },
    leases: parts.flatMap(({ leases }) => leases),
    workers: [...workers.values()],
    faults: parts
      .flatMap(({ faults }) => faults)
      .sort((a, b) => b.at - a.at)
      .slice(0, MOST_FAULTS),
    totals: {
      done: sum(({ totals }) => totals.done),
      failed: sum(({ totals }) => totals.failed),
      lapsed: sum(({ totals }) => totals.lapsed),
      dead: sum(({ totals }) => totals.dead),
    },
    queued: parts.flatMap(({ queued }) => queued),
    ...(parts.some(({ isAway }) => isAway) && { isAway: true }),
  };
}

/** One worker as two shards have it: what was heard last counts. */
function sameWorker(one: WorkerSeen, other: WorkerSeen): WorkerSeen {
  const seenAt = Math.max(one.seenAt, other.seenAt);
  const lapsedAt = Math.max(one.lapsedAt ?? 0, other.lapsedAt ?? 0);
  return {
    worker: one.worker,
    seenAt,
    heardAt: Math.max(one.heardAt, other.heardAt),
    self: (one.heardAt > other.heardAt ? one : other).self,
    ...(lapsedAt > seenAt && { lapsedAt }),
  };
}
