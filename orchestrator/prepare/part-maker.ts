import { FaultError, parseReason } from "../../shared/fault.ts";
import { jobId } from "../../shared/job.ts";
import type {
  Announcement,
  JobRequest,
  LeaseRequests,
  RequestOutcome,
} from "../../shared/lease/lease-store.ts";
import type { Title } from "../../shared/media/title.ts";
import type { SegmentReader } from "../../shared/storage/segment-storage.ts";
import { jobRequest } from "../job-desk.ts";
import { type PreparedPart, partJob, partObject } from "./preparation-parts.ts";

/** Jobs that are asked for at a time: what a fleet of dozens of workers does in the time between two looks. */
const WINDOW_JOBS = 128;
/** More is asked for once so few are left: each time is one call. */
const REFILL_AT = WINDOW_JOBS / 2;
/** Jobs are asked for again so often, and forgotten, should this process die, after the second span. */
const REFRESH_MS = 10_000;
const LAPSE_MS = 30_000;
/**
 * A week: later than anything that anybody will play, however long it has waited in the queue. What is due counts as
 * waited for, which this never shall.
 */
const DUE_MS = 7 * 24 * 3_600_000;
/** How often something may be said to be made and not be found in storage. */
const MOST_TRIES = 5;

export interface PartMakerDeps {
  readonly store: LeaseRequests;
  readonly storage: SegmentReader;
  /** How often a job is tried before it is given up. */
  readonly maxAttempts: number;
}

/** A job, and the parts that it makes. */
interface WantedJob {
  readonly request: JobRequest;
  readonly parts: PreparedPart[];
  isAsked: boolean;
  isDone: boolean;
  tries: number;
}

/**
 * Has the missing parts of a title made, a window of them at a time, behind everything that is asked for by those who
 * watch. Storage says what is there, before and afterwards, so it may be done twice, or begun anew, at any moment.
 */
export class PartMaker {
  readonly #title: Title;
  readonly #parts: Iterator<PreparedPart>;
  readonly #deps: PartMakerDeps;
  readonly #window = new Map<string, WantedJob>();
  /** Not looked at yet. */
  #next: PreparedPart | undefined;
  /** Where in the film the last one of the window lies. */
  #filmMs = 0;
  #made = 0;
  #refreshAt = 0;
  #fault: FaultError | undefined;
  #wake = () => {};

  constructor(title: Title, parts: Iterable<PreparedPart>, deps: PartMakerDeps) {
    this.#title = title;
    this.#parts = parts[Symbol.iterator]();
    this.#deps = deps;
  }

  /** Parts that storage is known to have. */
  get made(): number {
    return this.#made;
  }

  /**
   * Settles once all parts are there. May be called again after it failed.
   * @throws FaultError where one can't be made; the signal's reason.
   */
  async run(signal: AbortSignal): Promise<void> {
    const unsubscribe = this.#deps.store.subscribe((announcement) => this.#hear(announcement));
    const onAbort = () => this.#wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (await this.#fillWindow(signal)) {
        await this.#ask(signal);
        await this.#untilNews(signal);
        this.#throwFault();
        await this.#settleDone(signal);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      unsubscribe();
    }
  }

  /** Nobody wants the rest any more. Whoever waits for a part of it asks again within a second. */
  async cancel(): Promise<void> {
    await this.#deps.store.cancel([...this.#window.keys()]);
  }

  /** @returns whether anything is left to be made. */
  async #fillWindow(signal: AbortSignal): Promise<boolean> {
    if (this.#window.size > REFILL_AT) return true;
    while (this.#window.size < WINDOW_JOBS) {
      signal.throwIfAborted();
      this.#next ??= this.#parts.next().value as PreparedPart | undefined;
      if (!this.#next || (this.#next.kind === "init" && this.#areSegmentsWanted())) break;
      if (await this.#isThere(this.#next, signal)) this.#made += 1;
      else this.#want(this.#next);
      this.#next = undefined;
    }
    return this.#window.size > 0;
  }

  /** They bring their init segments along: what is there then need not be made. */
  #areSegmentsWanted(): boolean {
    return [...this.#window.values()].some(({ parts }) => parts[0]?.kind === "segment");
  }

  #want(part: PreparedPart): void {
    const job = partJob(this.#title, part);
    const wanted = this.#window.get(jobId(job));
    if (wanted) {
      wanted.parts.push(part);
      return;
    }
    // What belongs to no moment comes after those that came before it.
    if (part.kind === "segment") this.#filmMs = Math.round(1000 * part.seconds);
    else this.#filmMs += 1;
    const request = jobRequest(job, DUE_MS + this.#filmMs, LAPSE_MS, this.#deps.maxAttempts);
    this.#window.set(request.id, { request, parts: [part], isAsked: false, isDone: false, tries: 0 });
  }

  /** For what is new in the window, and now and then for all of it. */
  async #ask(signal: AbortSignal): Promise<void> {
    const isRefresh = performance.now() >= this.#refreshAt;
    const asked = [...this.#window.values()].filter(({ isAsked }) => isRefresh || !isAsked);
    if (isRefresh) this.#refreshAt = performance.now() + REFRESH_MS;
    if (asked.length === 0) return;
    const outcomes = await this.#deps.store.request(
      asked.map(({ request }) => request),
      signal,
    );
    for (const [position, outcome] of outcomes.entries()) {
      asked[position]!.isAsked = true;
      this.#note(asked[position]!, outcome);
    }
  }

  #hear(announcement: Announcement): void {
    // What was announced until now went unheard.
    if (announcement.kind === "connected") this.#refreshAt = 0;
    const wanted = "id" in announcement ? this.#window.get(announcement.id) : undefined;
    if (wanted) this.#note(wanted, announcement);
    this.#wake();
  }

  #note(wanted: WantedJob, outcome: RequestOutcome | Announcement): void {
    if (outcome.kind === "done") wanted.isDone = true;
    if (outcome.kind === "dead") this.#fault = parseReason(outcome.reason);
  }

  /** Until something has ended, or it is time to ask again. */
  async #untilNews(signal: AbortSignal): Promise<void> {
    const hasNews = () =>
      signal.aborted || this.#fault !== undefined || [...this.#window.values()].some(({ isDone }) => isDone);
    for (;;) {
      const leftMs = this.#refreshAt - performance.now();
      if (hasNews() || leftMs <= 0) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    signal.throwIfAborted();
  }

  #throwFault(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault) throw fault;
  }

  async #settleDone(signal: AbortSignal): Promise<void> {
    for (const [id, wanted] of this.#window) {
      if (!wanted.isDone) continue;
      if (await this.#areThere(wanted.parts, signal)) {
        this.#made += wanted.parts.length;
        this.#window.delete(id);
      } else if (++wanted.tries === MOST_TRIES) {
        throw new FaultError("storage-failed", `${id} was made ${MOST_TRIES} times, and storage has it not.`);
      } else {
        // A listing may lag behind. Whether it has to be made again is seen when it is asked for again.
        wanted.isDone = false;
      }
    }
  }

  async #areThere(parts: readonly PreparedPart[], signal: AbortSignal): Promise<boolean> {
    for (const part of parts) if (!(await this.#isThere(part, signal))) return false;
    return true;
  }

  async #isThere(part: PreparedPart, signal: AbortSignal): Promise<boolean> {
    return (await this.#deps.storage.find(partObject(this.#title, part), signal)) !== undefined;
  }
}
