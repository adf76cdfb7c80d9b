import { FaultError, parseReason } from "../../shared/fault.ts";
import { formatJob, jobId } from "../../shared/job.ts";
import type { JobRequest, LeaseRequests } from "../../shared/lease/lease-store.ts";
import type { PreparedFolder } from "./prepared-folder.ts";
import type { PreparedPart } from "./prepared-parts.ts";

/** Jobs that are in the queue at a time: several runs of all rungs. */
const AHEAD = 96;
/** Nobody waits for any one of them, so that workers make them in runs as long as they can be. */
const DUE_MS = 600_000;
const LAPSE_MS = 86_400_000;
const MAX_ATTEMPTS = 3;
/** Announcements are hints. */
const POLL_MS = 1000;

export interface PartMakerDeps {
  readonly store: LeaseRequests;
  readonly folder: PreparedFolder;
  readonly onDone: (part: PreparedPart) => void;
  readonly signal: AbortSignal;
}

/** Has parts made by workers, some at a time, and puts each into the folder as it comes. @throws FaultError for one that can't be. */
export async function makeParts(parts: readonly PreparedPart[], deps: PartMakerDeps): Promise<void> {
  const { store, signal } = deps;
  const queued = new Map<string, PreparedPart>();
  let wake = () => {};
  const unsubscribe = store.subscribe((announcement) => {
    if (announcement.kind === "done" || announcement.kind === "dead") wake();
  });
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  const rest = [...parts].reverse();
  try {
    for (;;) {
      // Before anything is asked: what is announced from here on is not missed.
      const woken = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      signal.throwIfAborted();
      await queueMore(rest, queued, deps);
      const ended = await takeDone(queued, deps);
      if (queued.size === 0 && rest.length === 0) return;
      if (!ended) await woken;
    }
  } finally {
    wake();
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
  }
}

/** @param rest what is left, the last one first. */
async function queueMore(
  rest: PreparedPart[],
  queued: Map<string, PreparedPart>,
  { store, folder, onDone, signal }: PartMakerDeps,
): Promise<void> {
  const requests: JobRequest[] = [];
  while (queued.size < AHEAD && rest.length > 0) {
    signal.throwIfAborted();
    const part = rest.pop()!;
    if (await folder.take(part.objects, signal)) {
      onDone(part);
      continue;
    }
    const id = jobId(part.job);
    queued.set(id, part);
    const dueInMs = DUE_MS + requests.length;
    requests.push({
      id,
      payload: formatJob(part.job),
      dueInMs,
      lapseInMs: LAPSE_MS,
      maxAttempts: MAX_ATTEMPTS,
    });
  }
  if (requests.length > 0) await store.request(requests, signal);
}

/** @returns whether anything had ended. */
async function takeDone(
  queued: Map<string, PreparedPart>,
  { store, folder, onDone, signal }: PartMakerDeps,
): Promise<boolean> {
  const ids = [...queued.keys()];
  const statuses = await store.status(ids, signal);
  let ended = false;
  for (const [position, status] of statuses.entries()) {
    const id = ids[position]!;
    const part = queued.get(id)!;
    if (status.kind === "dead") throw parseReason(status.reason);
    // One that the store has forgotten was done a while ago.
    if (status.kind !== "done" && status.kind !== "unknown") continue;
    ended = true;
    if (!(await folder.take(part.objects, signal)))
      throw new FaultError("storage-failed", `“${part.objects[0]!.object}” was made, and is not in storage.`);
    queued.delete(id);
    onDone(part);
  }
  return ended;
}
