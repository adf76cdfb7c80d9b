import { hostname } from "node:os";
import type { Config } from "../shared/config.ts";
import { ConfigError } from "../shared/config.ts";
import type { LeaseStore } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { HardwareEncoder } from "../shared/media/encoder.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import type { Telemetry } from "../shared/telemetry.ts";
import { chooseConcurrency } from "../worker/concurrency.ts";
import { checkPrograms } from "../worker/ffmpeg/check-programs.ts";
import { readMachineLimits } from "../worker/machine-limits.ts";
import type { WorkerOptions } from "../worker/work-loop.ts";
import { videoEncoder } from "./choose-encoder.ts";
import { programVersion } from "./program-version.ts";

export interface WorkerDeps {
  readonly mediaDir: string;
  readonly store: LeaseStore;
  readonly storage: SegmentStorage;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** In hardware; undefined for x264. */
  readonly encoder?: HardwareEncoder | undefined;
}

export async function workerOptions(
  config: Config,
  { encoder, ...deps }: WorkerDeps,
): Promise<WorkerOptions> {
  return {
    ...deps,
    ...(encoder && { encoder: videoEncoder(encoder, config) }),
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    id: config.WORKER_ID ?? hostname(),
    concurrency: config.WORKER_CONCURRENCY ?? chooseConcurrency(await readMachineLimits()),
    leaseMs: config.LEASE_TTL_MS,
    renewMs: config.LEASE_RENEW_MS,
    graceMs: config.SHUTDOWN_GRACE_MS,
    version: programVersion(),
  };
}

/** A worker without FFmpeg would fail every job it takes from those that have it. */
export async function requireFfmpeg(signal: AbortSignal): Promise<void> {
  await checkPrograms(signal).catch((error: Error) => {
    throw error === signal.reason ? error : new ConfigError(error.message);
  });
}
