import type { Job } from "../shared/job.ts";
import type { SegmentReader, StoredObject } from "../shared/storage/segment-storage.ts";
import { type ObjectAnswer, silentTelemetry, type Telemetry } from "../shared/telemetry.ts";
import type { Waiting } from "./doors/wait-limits.ts";
import { waitedTooLong } from "./problem.ts";

export interface AwaitDeps {
  readonly storage: SegmentReader;
  readonly desk: Waiting;
  /** How long a file that was announced may take to show up in a listing, milliseconds. */
  readonly fileWaitMs: number;
  readonly telemetry?: Telemetry;
}

const FIRST_RELIST_MS = 20;

/**
 * The object as storage has it, or, where it has not, once the job that makes it is done.
 * @param findJob asked for that job.
 */
export async function awaitObject(
  name: string,
  findJob: () => Promise<Job>,
  deps: AwaitDeps,
  signal: AbortSignal,
): Promise<StoredObject> {
  const begun = performance.now();
  let from: ObjectAnswer = "storage";
  try {
    const existing = await deps.storage.find(name, signal);
    if (existing) return existing;
    const job = await findJob();
    const { token } = await deps.desk.wait(job, signal);
    from = "worker";
    return await findMade(name, job, token, deps, signal);
  } catch (error) {
    from = signal.aborted ? "left" : "problem";
    throw error;
  } finally {
    const { telemetry = silentTelemetry } = deps;
    telemetry.report({ kind: "object-answered", from, ms: performance.now() - begun });
  }
}

/**
 * The object that a job made.
 * @param token of the result that says so. Where the object is gone since, it is made again, once.
 */
export async function findMade(
  name: string,
  job: Job,
  token: number,
  deps: AwaitDeps,
  signal: AbortSignal,
): Promise<StoredObject> {
  const announced = await findAnnounced(name, deps.storage, deps.fileWaitMs, signal);
  if (announced) return announced;
  await deps.desk.wait(job, signal, token);
  const again = await findAnnounced(name, deps.storage, deps.fileWaitMs, signal);
  if (!again) throw waitedTooLong();
  return again;
}

/** On shared storage another machine's listing may lag behind the announcement. */
async function findAnnounced(
  name: string,
  storage: SegmentReader,
  waitMs: number,
  signal: AbortSignal,
): Promise<StoredObject | undefined> {
  const until = performance.now() + waitMs;
  for (let pause = FIRST_RELIST_MS; ; pause *= 2) {
    const object = await storage.find(name, signal);
    if (object || performance.now() + pause > until) return object;
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
  }
}
