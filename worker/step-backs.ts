import { LRUCache } from "lru-cache";
import { FaultError } from "../shared/fault.ts";
import { type Job, jobId } from "../shared/job.ts";
import { jobFields } from "../shared/job-fields.ts";
import type { Log } from "../shared/log.ts";
import { LeaseGivenBackError } from "./lease-keeper.ts";
import { UnlikeInitError } from "./publish-fragment.ts";

/** Others may do the job: this worker's FFmpeg makes another init segment than the rendition has. */
export class StepBackError extends LeaseGivenBackError {
  override readonly name = "StepBackError";
  override readonly backoffMs = BACKOFF_MS;
}

/** Nobody is granted the job for so long: short enough for whoever waits, when another worker has room. */
const BACKOFF_MS = 250;
/** For how long a worker leaves a job to others before it says that it can't be done. */
const PATIENCE_MS = 12_000;
/** How long that is remembered, and which renditions are not tried: the title may be begun anew by this worker. */
const KNOWN_MS = 60_000;
const KNOWN_JOBS = 1000;
const KNOWN_RENDITIONS = 256;

/** Keeps a worker from spoiling, and from using up, what only others of a half-upgraded fleet can go on with. */
export class StepBacks {
  readonly #log: Log;
  /** Why a rendition can't be gone on with. */
  readonly #unlike = new LRUCache<string, FaultError>({ max: KNOWN_RENDITIONS, ttl: KNOWN_MS });
  /** When each job was first left, on the clock of `performance.now()`. */
  readonly #leftAt = new LRUCache<string, number>({ max: KNOWN_JOBS, ttl: KNOWN_MS });

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether a job of its rendition has just shown that others have to do it. */
  isUnlike(job: Job): boolean {
    return this.#unlike.has(renditionOf(job));
  }

  /**
   * Does a job, unless it is known that it would come to nothing.
   * @throws StepBackError where others may do it; the fault once they had time enough to, and whatever `perform` throws.
   */
  async guard(job: Job, perform: () => Promise<string>): Promise<string> {
    const known = this.#unlike.get(renditionOf(job));
    if (known) throw this.#stepBack(job, known);
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof FaultError && error.cause instanceof UnlikeInitError)) throw error;
      this.#log.warn({ ...jobFields(job), error: error.message }, "left to other workers");
      this.#unlike.set(renditionOf(job), error);
      throw this.#stepBack(job, error);
    }
  }

  #stepBack(job: Job, fault: FaultError): Error {
    const now = performance.now();
    const leftAt = this.#leftAt.get(jobId(job)) ?? now;
    if (leftAt === now) this.#leftAt.set(jobId(job), now);
    return now - leftAt > PATIENCE_MS ? fault : new StepBackError(fault.message);
  }
}

function renditionOf(job: Job): string {
  return "rendition" in job ? `${job.titleKey}/${job.rendition}` : "";
}
