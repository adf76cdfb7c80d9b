import { setTimeout as sleep } from "node:timers/promises";
import { chooseEncoder } from "../cli/choose-encoder.ts";
import { storageFolder } from "../cli/folders.ts";
import { openStorage } from "../cli/storage.ts";
import { requireFfmpeg, workerOptions } from "../cli/worker-options.ts";
import { createApp, type Orchestrator } from "../orchestrator/app.ts";
import { createDoors } from "../orchestrator/doors/doors.ts";
import { KnownSegments } from "../orchestrator/known-segments.ts";
import { TitlePlans } from "../orchestrator/title-plans.ts";
import type { Config } from "../shared/config.ts";
import { FallbackRequests } from "../shared/lease/fallback-requests.ts";
import type { LeaseRequests } from "../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../shared/lease/memory-lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { PlanOptions } from "../shared/media/title.ts";
import { planOptions } from "../shared/plan-options.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { type RedisPort, RedisUnavailableError } from "../shared/redis/redis-port.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import { silentTelemetry } from "../shared/telemetry.ts";
import { runWorker } from "../worker/work-loop.ts";
import type { AskEnv } from "./ask-orchestrator.ts";
import { fleetId } from "./fleet-id.ts";

/** How soon after Redis went away it is asked again. */
const REDIS_RETRY_MS = 1000;
const CONNECT_PAUSE_MS = 20;
/** Films lie anywhere: a title's path is its file's, without the slash it begins with. */
const MEDIA_DIR = "/";

export interface EmbeddedOptions {
  readonly config: Config;
  /** Absent where everything is in this process. */
  readonly redis: RedisPort | undefined;
  readonly log: Log;
  /** Stops it when it fires. */
  readonly signal: AbortSignal;
}

/** An orchestrator and its workers in this process. */
export interface Embedded {
  readonly orchestrator: Orchestrator;
  /** Settles once all that it held is free again, after the signal fired. Redis stays open. */
  readonly closed: Promise<void>;
}

/** Starts it. @throws ConfigError where the cache directory or FFmpeg is not what it should be. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { config, redis, log, signal } = options;
  const storageDir = await storageFolder(config);
  const encoder = await chooseEncoder(config, log, signal);
  const encodesAlone = !redis || config.FALLBACK_TO_LOCAL;
  const connected = redis ? untilConnected(redis, config.REDIS_TIMEOUT_MS, signal) : Promise.resolve();
  await Promise.all([requireFfmpeg(signal), encodesAlone ? connected.catch(() => {}) : connected]);
  const { storage, keepInOrder } = openStorage(storageDir, config, log, silentTelemetry);
  const local = new MemoryLeaseStore();
  const fleet = redis && { redis, id: await fleetId(storageDir) };
  const plan = planOptions(config, encoder);
  const store = fleet ? askFleet(fleet, local, options) : local;
  const orchestrator = createOrchestrator(options, storage, store, plan);
  const deps = { mediaDir: MEDIA_DIR, store: local, storage, log, telemetry: silentTelemetry, encoder };
  const work = await workerOptions(config, deps);
  const running = [
    keepInOrder(signal),
    // Its own clients are told that it stops, so nothing is finished for them.
    ...(encodesAlone ? [runWorker({ ...work, graceMs: 0 }, signal)] : []),
    ...(fleet ? [runWorker({ ...work, store: leaseStore(fleet, config, "workers") }, signal)] : []),
  ];
  signal.addEventListener("abort", () => void orchestrator.close(), { once: true });
  return { orchestrator, closed: Promise.all(running).then(() => undefined) };
}

/** A connection that was only just begun refuses questions: the first ones would not go to the fleet. */
async function untilConnected(redis: RedisPort, withinMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await redis.ping(signal);
    } catch (error) {
      if (performance.now() + CONNECT_PAUSE_MS > until) throw error;
    }
    await sleep(CONNECT_PAUSE_MS, undefined, { signal });
  }
}

interface Fleet {
  readonly redis: RedisPort;
  readonly id: string;
}

function leaseStore({ redis, id }: Fleet, config: Config, audience: "workers" | "waiters"): RedisLeaseStore {
  return new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience, fleet: id });
}

function askFleet(fleet: Fleet, local: MemoryLeaseStore, { config, log }: EmbeddedOptions): LeaseRequests {
  const requests = leaseStore(fleet, config, "waiters");
  if (!config.FALLBACK_TO_LOCAL) return requests;
  return new FallbackRequests(requests, local, {
    isAway: (error) => error instanceof RedisUnavailableError,
    retryMs: REDIS_RETRY_MS,
    now: () => performance.now(),
    log,
  });
}

function createOrchestrator(
  { config, log }: EmbeddedOptions,
  storage: SegmentStorage,
  store: LeaseRequests,
  plan: PlanOptions,
): Orchestrator {
  const noFiles = { read: async () => undefined };
  return createApp({
    store,
    storage,
    library: { list: async () => [] },
    assets: noFiles,
    dependencies: [],
    // Whoever embeds it has let in whom it wants.
    doors: createDoors({ ...config, AUTH_SECRET: undefined }, (_, env) => (env as AskEnv).client),
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    plan,
    plans: new TitlePlans(),
    knownSegments: new KnownSegments(),
    waitMs: config.SEGMENT_WAIT_MS,
    maxAttempts: config.MAX_ATTEMPTS,
    fileWaitMs: config.FILE_WAIT_MS,
    handOff: undefined,
    compress: false,
    preparing: undefined,
    evictor: undefined,
    waitUntil() {},
    log,
  });
}
