import { setTimeout as sleep } from "node:timers/promises";
import type { TitleEvictor } from "../orchestrator/routes/eviction.ts";
import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { FileRecords } from "../shared/node/file-records.ts";
import { FileStorage } from "../shared/node/file-storage.ts";
import { sweepTemporaryFiles } from "../shared/node/temporary-files.ts";
import { TitleEviction } from "../shared/node/title-eviction.ts";
import type { RecordStore } from "../shared/storage/record-store.ts";
import { isSealed } from "../shared/storage/seal.ts";
import type { SegmentListing, SegmentStorage } from "../shared/storage/segment-storage.ts";
import type { Telemetry } from "../shared/telemetry.ts";

const LOOK_EVERY_MS = 60_000;

export interface OpenStorage {
  readonly storage: SegmentStorage & SegmentListing;
  readonly evictor: TitleEvictor;
  /** What changes, beside the objects that don't. */
  readonly preparations: RecordStore;
  readonly lostWorkers: RecordStore;
  /** Sweeps and evicts, now and once a minute until the signal fires; settles when it is over. */
  keepInOrder(signal: AbortSignal): Promise<void>;
}

/** Storage in a folder, with the limits of the settings. */
export function openStorage(root: string, config: Config, log: Log, telemetry: Telemetry): OpenStorage {
  const eviction = new TitleEviction(root, {
    maxBytes: config.STORAGE_MAX_BYTES,
    minFreeBytes: config.STORAGE_MIN_FREE_BYTES,
    log,
    telemetry,
  });
  const makeRoom = (insist: boolean, signal?: AbortSignal) => eviction.makeRoom(insist, signal);
  return {
    storage: new FileStorage(root, { isWhole: isSealed, makeRoom, log, telemetry }),
    evictor: eviction,
    preparations: new FileRecords(root, "preparations"),
    lostWorkers: new FileRecords(root, "lost-workers"),
    async keepInOrder(signal) {
      while (!signal.aborted) {
        await lookAfter(root, eviction, log, signal);
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {
          // The signal fired.
        });
      }
    },
  };
}

async function lookAfter(
  root: string,
  eviction: TitleEviction,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  try {
    const swept = await sweepTemporaryFiles(root);
    if (swept > 0) log.info({ swept }, "temporary files of killed writers removed");
    await eviction.keepLimits(signal);
  } catch (error) {
    if (!signal.aborted) log.warn({ error: String(error) }, "storage not looked after");
  }
}
