import type { Notify } from "../../shared/api/webhook-event.ts";
import { type LostWorker, lostWorkers } from "../../shared/fleet/lost-workers.ts";
import { WORKER_RETAIN_MS } from "../../shared/lease/lease-overview.ts";
import type { LeaseRequests } from "../../shared/lease/lease-store.ts";
import type { Log } from "../../shared/log.ts";
import { hashText } from "../../shared/media/hash.ts";
import { pause } from "../../shared/pause.ts";
import type { RecordStore } from "../../shared/storage/record-store.ts";

const LOOK_MS = 5000;
/** A worker that was only held up, as its Redis may have been, shows itself again within this time. */
const CONFIRM_MS = 2000;
const LOOK_TIMEOUT_MS = 5000;

export interface LostWorkerWatchDeps {
  readonly store: Pick<LeaseRequests, "overview">;
  /** Which losses have been told of: the orchestrators of a fleet share them. */
  readonly records: RecordStore;
  readonly notify: Notify;
  readonly log: Log;
}

interface Sight {
  /** On the store's clock. */
  readonly now: number;
  /** By what tells one loss from another. */
  readonly lost: ReadonlyMap<string, LostWorker>;
}

/**
 * Tells of each worker that is lost, once it was seen to be so twice, until the signal fires. Never rejects.
 * @param timing of looks, milliseconds.
 */
export async function watchForLostWorkers(
  deps: LostWorkerWatchDeps,
  signal: AbortSignal,
  { lookMs, confirmMs } = { lookMs: LOOK_MS, confirmMs: CONFIRM_MS },
): Promise<void> {
  let before = new Set<string>();
  let told = new Set<string>();
  for (let isSure = true; await pause(isSure ? lookMs : confirmMs, signal); ) {
    const { now, lost } = await look(deps, signal);
    const confirmed = [...lost].filter(([key]) => before.has(key));
    for (const [key, worker] of confirmed) if (!told.has(key)) await tell(key, worker, now, deps);
    told = new Set(confirmed.map(([key]) => key));
    // What was seen before the store was away says nothing of afterwards.
    before = new Set(lost.keys());
    isSure = told.size === before.size;
  }
}

/** Where the store can't say, nothing is lost. */
async function look({ store, log }: LostWorkerWatchDeps, signal: AbortSignal): Promise<Sight> {
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]);
    const overview = await store.overview({ titles: [] }, inTime);
    const lost = overview.isAway ? [] : lostWorkers(overview);
    return {
      now: overview.now,
      lost: new Map(lost.map((worker) => [`${worker.seenAt}/${worker.id}`, worker])),
    };
  } catch (error) {
    if (!signal.aborted) log.debug({ error: String(error) }, "lost workers can't be looked for");
    return { now: 0, lost: new Map() };
  }
}

async function tell(key: string, lost: LostWorker, now: number, deps: LostWorkerWatchDeps): Promise<void> {
  const { notify, log } = deps;
  const { name: worker, jobs } = lost;
  const lastSeenAt = new Date(lost.seenAt).toISOString();
  if (await isFirst(key, lost, now, deps)) {
    const timestamp = new Date(now).toISOString();
    notify({ type: "worker.lost", timestamp, data: { worker, lastSeenAt, jobs } }, `${key} lost`);
  }
  log.warn({ worker, lastSeenAt, jobs }, "worker lost");
}

/** Whether no other orchestrator has told of it. */
async function isFirst(
  key: string,
  { seenAt }: LostWorker,
  now: number,
  { records, log }: LostWorkerWatchDeps,
): Promise<boolean> {
  try {
    const old = (await records.list()).filter(
      (name) => Number.parseInt(name, 10) < now - 2 * WORKER_RETAIN_MS,
    );
    for (const name of old) await records.remove(name);
    return await records.create(`${seenAt}-${await hashText(key)}`, crypto.randomUUID());
  } catch (error) {
    log.warn({ error: String(error) }, "others may tell of the same lost worker");
    return true;
  }
}
