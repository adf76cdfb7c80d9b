import type { Job } from "../shared/job.ts";
import type { SegmentStorage, StoredObject } from "../shared/storage/segment-storage.ts";
import type { JobDesk } from "./job-desk.ts";
import { waitedTooLong } from "./problem.ts";

export interface AwaitDeps {
  readonly storage: SegmentStorage;
  readonly desk: JobDesk;
  /** How long a file that was announced may take to show up in a listing, milliseconds. */
  readonly fileWaitMs: number;
}

const FIRST_RELIST_MS = 20;

/** The object as storage has it, or, where it has not, once the job that makes it is done. */
export async function awaitObject(
  name: string,
  job: Job,
  deps: AwaitDeps,
  signal: AbortSignal,
): Promise<StoredObject> {
  const existing = await deps.storage.find(name, signal);
  if (existing) return existing;
  await deps.desk.wait(job, signal);
  const object = await findAnnounced(name, deps.storage, deps.fileWaitMs, signal);
  if (!object) throw waitedTooLong();
  return object;
}

/** On shared storage another machine's listing may lag behind the announcement. */
async function findAnnounced(
  name: string,
  storage: SegmentStorage,
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
