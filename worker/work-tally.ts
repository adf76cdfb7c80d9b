import { formatWorkerReport, type WorkerReport } from "../shared/fleet/worker-report.ts";
import type { Job } from "../shared/job.ts";

/** What is told of speed is what was done in so long, milliseconds. */
const WINDOW_MS = 60_000;
/** A worker says something about itself at most this often: where it has done something since, and where not. */
const SAY_NEWS_MS = 250;
const SAY_AGAIN_MS = 2000;

interface Made {
  readonly at: number;
  readonly segments: number;
  readonly seconds: number;
}

/** What a worker has done, for whoever looks at the fleet. */
export class WorkTally {
  readonly #facts: Pick<WorkerReport, "version" | "concurrency">;
  readonly #now: () => number;
  readonly #startedAt: number;
  #done = 0;
  #failed = 0;
  #made: readonly Made[] = [];
  /** Spans in which something was under way; the last one may be open. */
  #busy: readonly { readonly from: number; readonly to: number }[] = [];
  #busySince: number | undefined;
  #idleSince: number;
  #saidAt = Number.NEGATIVE_INFINITY;
  #isNews = false;

  /** @param now milliseconds; must not be set back. */
  constructor(facts: Pick<WorkerReport, "version" | "concurrency">, now = () => performance.now()) {
    this.#facts = facts;
    this.#now = now;
    this.#startedAt = this.#idleSince = now();
  }

  /** How much is under way has changed. */
  underWay(count: number): void {
    const now = this.#now();
    if (count > 0) this.#busySince ??= now;
    if (count > 0 || this.#busySince === undefined) return;
    this.#busy = [...this.#busy, { from: this.#busySince, to: now }].filter(({ to }) => to > now - WINDOW_MS);
    this.#busySince = undefined;
    this.#idleSince = now;
  }

  done(job: Job): void {
    this.#done += 1;
    this.#isNews = true;
    if (job.kind !== "segments") return;
    const at = this.#now();
    // The first segments of a title are shorter than it says: near enough.
    const made = { at, segments: job.count, seconds: job.count * job.segmentSeconds };
    this.#made = [...this.#made, made].filter((each) => each.at > at - WINDOW_MS);
  }

  failed(): void {
    this.#failed += 1;
    this.#isNews = true;
  }

  /** What there is to say with a claim; nothing where it was said a moment ago. */
  report(): string | undefined {
    const now = this.#now();
    if (now - this.#saidAt < (this.#isNews ? SAY_NEWS_MS : SAY_AGAIN_MS)) return undefined;
    this.#saidAt = now;
    this.#isNews = false;
    return formatWorkerReport(this.#describe(now));
  }

  farewell(): string {
    return formatWorkerReport({ ...this.#describe(this.#now()), isLeaving: true });
  }

  #describe(now: number): WorkerReport {
    const from = now - WINDOW_MS;
    const made = this.#made.filter(({ at }) => at > from);
    const sum = (read: (each: Made) => number) => made.reduce((total, each) => total + read(each), 0);
    const busyMs = this.#busyMs(from, now);
    const observedMs = Math.min(WINDOW_MS, Math.max(1000, now - this.#startedAt));
    return {
      ...this.#facts,
      upMs: Math.round(now - this.#startedAt),
      ...(this.#busySince === undefined && { idleMs: Math.round(now - this.#idleSince) }),
      done: this.#done,
      failed: this.#failed,
      ...(made.length > 0 && busyMs > 0 && { speed: round(sum(({ seconds }) => seconds) / (busyMs / 1000)) }),
      segmentsPerSecond: round(sum(({ segments }) => segments) / (observedMs / 1000)),
    };
  }

  #busyMs(from: number, now: number): number {
    const open = this.#busySince === undefined ? [] : [{ from: this.#busySince, to: now }];
    return [...this.#busy, ...open].reduce(
      (total, span) => total + Math.max(0, span.to - Math.max(span.from, from)),
      0,
    );
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
