import { availableParallelism, hostname } from "node:os";
import type { Config } from "../shared/config.ts";
import { ConfigError } from "../shared/config.ts";
import type { LeaseStore } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import { checkPrograms } from "../worker/ffmpeg/check-programs.ts";
import type { WorkerOptions } from "../worker/work-loop.ts";

export interface WorkerDeps {
  readonly mediaDir: string;
  readonly store: LeaseStore;
  readonly storage: SegmentStorage;
  readonly log: Log;
}

export function workerOptions(config: Config, deps: WorkerDeps): WorkerOptions {
  return {
    ...deps,
    id: config.WORKER_ID ?? hostname(),
    concurrency: config.WORKER_CONCURRENCY ?? availableParallelism(),
    leaseMs: config.LEASE_TTL_MS,
    renewMs: config.LEASE_RENEW_MS,
    graceMs: config.SHUTDOWN_GRACE_MS,
  };
}

/** A worker without FFmpeg would fail every job it takes from those that have it. */
export async function requireFfmpeg(signal: AbortSignal): Promise<void> {
  await checkPrograms(signal).catch((error: Error) => {
    throw new ConfigError(error.message);
  });
}
