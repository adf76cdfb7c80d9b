import { LRUCache } from "lru-cache";
import { parseReason } from "../shared/fault.ts";
import { formatJob, type Job, jobId, type SegmentsJob } from "../shared/job.ts";
import { jobFields } from "../shared/job-fields.ts";
import type { JobRequest, LeaseRequests, RequestOutcome, Unsubscribe } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import { isPicture } from "../shared/media/screenshot.ts";
import { TRACKS_ASSET } from "../shared/subtitles/subtitles-asset.ts";
import { silentTelemetry, type Telemetry } from "../shared/telemetry.ts";
import { untilAborted } from "../shared/until-aborted.ts";
import { type AnnouncedEnd, JobEnds } from "./job-ends.ts";
import { waitedTooLong } from "./problem.ts";

/** How often a job is tried, unless told. */
const MAX_ATTEMPTS = 3;
const AWAITED_LAPSE_MS = 5000;
/** A second or two is usual. After so long with one worker, a second one may try what somebody waits for. */
const STRAGGLE_AFTER_MS = 6000;
/** Text tracks take a reading of the whole film, which two do no faster. */
const READING_STRAGGLE_AFTER_MS = 120_000;
const LOOK_AHEAD_LAPSE_MS = 15_000;
/** A picture of a title can wait so long for the segments of those who watch, milliseconds. */
const PICTURE_PATIENCE_MS = 2000;
/** Renditions of which it is known how long their segments take. */
const KNOWN_RENDITIONS = 1000;

type RenditionName = Pick<SegmentsJob, "titleKey" | "rendition">;

/** One job that somebody here waits for. */
interface Order {
  readonly job: Job;
  waiters: number;
  /** Token of the result that somebody here found to be gone; done by that one is no answer. */
  gone: number | undefined;
  readonly controller: AbortController;
  readonly result: Promise<DoneJob>;
}

export interface DoneJob {
  /** What the worker reported. */
  readonly meta: string;
  /** The token that committed it, which tells one result of a job from the next. */
  readonly token: number;
}

/** A job that will be needed, and how soon. */
export interface ExpectedJob {
  readonly job: Job;
  readonly dueInMs: number;
}

/**
 * Where requests wait for jobs. Any number that wait for the same job make one order of it. A desk listens to
 * the store from its first order on, so one that nobody waits at holds nothing.
 */
export class JobDesk {
  readonly #store: LeaseRequests;
  readonly #waitMs: number;
  readonly #log: Log;
  readonly #telemetry: Telemetry;
  readonly #orders = new Map<string, Order>();
  readonly #ends = new JobEnds();
  /** Of the last job that somebody here waited for, milliseconds a segment, by rendition. */
  readonly #encodeMs = new LRUCache<string, number>({ max: KNOWN_RENDITIONS });
  readonly #closing = new AbortController();
  readonly #maxAttempts: number;
  #unsubscribe: Unsubscribe | undefined;

  /** @param waitMs how long anybody waits at most. */
  constructor(
    store: LeaseRequests,
    waitMs: number,
    log: Log,
    telemetry: Telemetry = silentTelemetry,
    maxAttempts = MAX_ATTEMPTS,
  ) {
    this.#maxAttempts = maxAttempts;
    this.#store = store;
    this.#waitMs = waitMs;
    this.#log = log;
    this.#telemetry = telemetry;
  }

  /** Frees what the desk holds: its subscription, and every order, whose waiters get `reason`. Takes no more. */
  close(reason: unknown): void {
    this.#closing.abort(reason);
    this.#unsubscribe?.();
    for (const { controller } of this.#orders.values()) controller.abort(reason);
  }

  /**
   * Has a job done and waits for it.
   * @param gone token of a result that is gone from storage: the job is done once more, whatever the store
   * remembers of it.
   * @throws FaultError when it can't be done; a Problem when it takes too long; the signal's reason when the
   * waiter leaves. When the last waiter leaves of its own accord, the job is cancelled; one that takes too
   * long goes on, for whoever asks again.
   */
  wait(job: Job, signal: AbortSignal, gone?: number): Promise<DoneJob> {
    const attributes = { "seamline.title": job.path, "seamline.job": jobId(job) };
    return this.#telemetry.follow({ name: "wait", attributes }, () => this.#wait(job, signal, gone));
  }

  async #wait(job: Job, signal: AbortSignal, gone?: number): Promise<DoneJob> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const overdue = AbortSignal.timeout(this.#waitMs);
    const id = jobId(job);
    const order = this.#orders.get(id) ?? this.#open(job, id);
    order.waiters += 1;
    order.gone = gone ?? order.gone;
    try {
      return await untilAborted(order.result, AbortSignal.any([signal, overdue]));
    } catch (error) {
      throw error === overdue.reason ? waitedTooLong() : error;
    } finally {
      order.waiters -= 1;
      if (order.waiters === 0 && this.#orders.get(id) === order) this.#abandon(id, order, signal.aborted);
    }
  }

  /** A job for media segments of a rendition that somebody here waits for. */
  awaitedSegmentsOf(rendition: RenditionName): SegmentsJob | undefined {
    for (const { job } of this.#orders.values())
      if (job.kind === "segments" && nameOf(job) === nameOf(rendition)) return job;
    return undefined;
  }

  /** How long a segment of a rendition took to encode when somebody last waited for one, milliseconds. */
  encodeMsOf(rendition: RenditionName): number | undefined {
    return this.#encodeMs.get(nameOf(rendition));
  }

  /** Asks for jobs that will be needed. What nobody has begun by then is left to whoever needs it. */
  async lookAhead(jobs: readonly ExpectedJob[]): Promise<void> {
    const requests = jobs.map(({ job, dueInMs }) =>
      this.#request(this.#traced(job), dueInMs, Math.max(LOOK_AHEAD_LAPSE_MS, dueInMs)),
    );
    await this.#store.request(requests);
  }

  #open(job: Job, id: string): Order {
    this.#unsubscribe ??= this.#store.subscribe((announcement) => this.#ends.hear(announcement));
    const controller = new AbortController();
    const result = Promise.resolve()
      .then(() => this.#follow(job, order))
      .finally(() => {
        if (this.#orders.get(id) === order) this.#orders.delete(id);
      });
    // Every waiter may have left before it fails.
    result.catch(() => {});
    const order: Order = { job, waiters: 0, gone: undefined, controller, result };
    this.#orders.set(id, order);
    return order;
  }

  #abandon(id: string, order: Order, cancel: boolean): void {
    this.#orders.delete(id);
    order.controller.abort(new Error(`nobody waits for ${id}`));
    if (!cancel) return;
    this.#store.cancel([id]).catch((error: unknown) => {
      this.#log.warn({ ...jobFields(order.job), error: String(error) }, "job not cancelled");
    });
  }

  /** The job as a part of what is being followed here. */
  #traced(job: Job): Job {
    const traceparent = this.#telemetry.traceparent();
    return traceparent === undefined ? job : { ...job, traceparent };
  }

  async #follow(job: Job, order: Order): Promise<DoneJob> {
    const { signal } = order.controller;
    const traced = this.#traced(job);
    const dueAt = performance.now() + patienceMs(job);
    for (;;) {
      const heard = this.#ends.listen(jobId(job), signal);
      try {
        const asked = {
          ...this.#request(traced, Math.max(0, Math.round(dueAt - performance.now())), AWAITED_LAPSE_MS),
          gone: order.gone,
          straggleAfterMs: readsWholeFilm(job) ? READING_STRAGGLE_AFTER_MS : STRAGGLE_AFTER_MS,
        };
        const [outcome] = await this.#store.request([asked], signal);
        const end = isEnd(outcome) ? outcome : await heard.next;
        if (end?.kind === "dead") throw parseReason(end.reason);
        // Where it was found to be gone only after this question, the next one says so.
        if (end?.kind === "done" && end.token !== order.gone) {
          this.#learnPace(job, end);
          return end;
        }
      } finally {
        heard.dispose();
      }
    }
  }

  #request(job: Job, dueInMs: number, lapseInMs: number): JobRequest {
    return jobRequest(job, dueInMs, lapseInMs, this.#maxAttempts);
  }

  #learnPace(job: Job, { meta }: DoneJob): void {
    const encodeMs = Number.parseInt(meta, 10);
    if (job.kind === "segments" && encodeMs > 0) this.#encodeMs.set(nameOf(job), encodeMs / job.count);
  }
}

function readsWholeFilm(job: Job): boolean {
  return job.kind === "asset" && TRACKS_ASSET.test(job.asset);
}

/** How much later than at once a job is due that somebody waits for. */
function patienceMs(job: Job): number {
  return job.kind === "asset" && isPicture(job.asset) ? PICTURE_PATIENCE_MS : 0;
}

function nameOf({ titleKey, rendition }: RenditionName): string {
  return `${titleKey}/${rendition}`;
}

function isEnd(outcome: RequestOutcome | undefined): outcome is AnnouncedEnd {
  return outcome?.kind === "done" || outcome?.kind === "dead";
}

/** A job as a lease store is asked for it. */
export function jobRequest(job: Job, dueInMs: number, lapseInMs: number, maxAttempts: number): JobRequest {
  return { id: jobId(job), payload: formatJob(job), dueInMs, lapseInMs, maxAttempts };
}
