import { stat } from "node:fs/promises";
import { createApp } from "../orchestrator/app.ts";
import { createDoors } from "../orchestrator/doors/doors.ts";
import { watchForLostWorkers } from "../orchestrator/fleet/lost-worker-watch.ts";
import { KeptAnswers } from "../orchestrator/kept-answers.ts";
import { KnownSegments } from "../orchestrator/known-segments.ts";
import type { Dependency } from "../orchestrator/routes/health.ts";
import { TitlePlans } from "../orchestrator/title-plans.ts";
import type { Config } from "../shared/config.ts";
import { FallbackRequests } from "../shared/lease/fallback-requests.ts";
import type { LeaseRequests } from "../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../shared/lease/memory-lease-store.ts";
import { TimedLeaseStore } from "../shared/lease/timed-lease-store.ts";
import type { Log } from "../shared/log.ts";
import { mediaDisk } from "../shared/node/disk-calls.ts";
import { checkWritable } from "../shared/node/file-storage.ts";
import { isFull } from "../shared/node/storage-fault.ts";
import { fleetEncoder, planOptions } from "../shared/plan-options.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { isRedisAway, type RedisPort } from "../shared/redis/redis-port.ts";
import type { Telemetry } from "../shared/telemetry.ts";
import { runWorker } from "../worker/work-loop.ts";
import { chooseEncoder } from "./choose-encoder.ts";
import { clientAddress } from "./client-address.ts";
import { FolderLibrary } from "./folder-library.ts";
import { mediaFolder, storageFolder } from "./folders.ts";
import { chooseHandOff } from "./hand-off.ts";
import { listen, REQUEST_LIMITS } from "./http-server.ts";
import { createLog } from "./log.ts";
import { observe } from "./observe.ts";
import { createPageAssets } from "./page-assets.ts";
import { createRedis } from "./redis.ts";
import type { CommandLine } from "./settings.ts";
import { stopOnSignal, untilFired } from "./stop-signal.ts";
import { openStorage } from "./storage.ts";
import { createWebhooks } from "./webhooks.ts";
import { requireFfmpeg, workerOptions } from "./worker-options.ts";

/** How soon after Redis went away it is asked again. */
const REDIS_RETRY_MS = 1000;

/** `seamline serve [folder]`: without Redis everything in this process, with it the fleet's orchestrator. */
export async function serve({ config, positionals }: CommandLine): Promise<number> {
  const mediaDir = await mediaFolder(config, positionals[0]);
  const storageDir = await storageFolder(config);
  const stop = stopOnSignal();
  const log = createLog(config);
  const server = await startServer({ config, mediaDir, storageDir, log, signal: stop.signal });
  process.stdout.write(`Seamline serves ${mediaDir} at ${server.url}\n`);
  await server.closed;
  stop.dispose();
  return 0;
}

export interface ServerOptions {
  readonly config: Config;
  readonly mediaDir: string;
  readonly storageDir: string;
  readonly log: Log;
  /** Stops the server when it fires. */
  readonly signal: AbortSignal;
}

/** Starts the server in this process. `closed` settles once all that it held is free again. */
export async function startServer(options: ServerOptions): Promise<{ url: string; closed: Promise<void> }> {
  const { config, mediaDir, storageDir, log, signal } = options;
  const redis = createRedis(config, log);
  const encodesHere = !redis || config.FALLBACK_TO_LOCAL;
  if (encodesHere) await requireFfmpeg(signal);
  // An orchestrator need not have what its workers have.
  const encoder = redis ? fleetEncoder(config) : await chooseEncoder(config, log, signal);
  const observed = await observe("orchestrator", log);
  const { telemetry, metrics } = observed;
  const local = new TimedLeaseStore(new MemoryLeaseStore(), { kind: "memory", telemetry });
  const opened = openStorage(storageDir, config, log, telemetry);
  const { storage, evictor, preparations, lostWorkers, keepInOrder } = opened;
  const webhooks = createWebhooks(config, log);
  const store = redis ? fleetRequests(redis, local, telemetry, options) : local;
  const doors = createDoors(config, clientAddress(config.TRUSTED_PROXIES));
  metrics.look({ storageDir, queue: store, waiting: () => doors.waits.waiting });
  const orchestrator = createApp({
    store,
    storage,
    library: new FolderLibrary(mediaDir),
    assets: createPageAssets(),
    dependencies: dependencies(options, redis),
    doors,
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    plan: planOptions(config, encoder),
    plans: new TitlePlans(),
    knownSegments: new KnownSegments(),
    waitMs: config.SEGMENT_WAIT_MS,
    maxAttempts: config.MAX_ATTEMPTS,
    fileWaitMs: config.FILE_WAIT_MS,
    handOff: chooseHandOff(config, storageDir),
    compress: true,
    preparing: { records: preparations, notify: webhooks.notify },
    evictor,
    fleet: { listing: storage, isFleet: redis !== undefined },
    // A process outlives its requests.
    waitUntil() {},
    log,
    telemetry,
    printMetrics: () => metrics.print(),
  });
  // Segments that this server's own viewers wait for: they are told to come back, so nothing is finished.
  const deps = { mediaDir, store: local, storage, log, telemetry, encoder };
  const encoding = { ...(await workerOptions(config, deps)), graceMs: 0 };
  if (encodesHere) metrics.describeWorker(encoding.id, encoding.concurrency);
  const fetch = observed.traced(new KeptAnswers().before(orchestrator.app.fetch));
  const server = await listen(fetch, config, REQUEST_LIMITS, metrics.countRequests);
  // Whoever only reads leaves storage as it is.
  const encodes = encodesHere ? [runWorker(encoding, signal), keepInOrder(signal)] : [];
  // Looked for only where there is a fleet, and somebody to tell.
  const isWatching = redis !== undefined && config.WEBHOOK_URLS.length > 0;
  const watched = { store, records: lostWorkers, notify: webhooks.notify, log };
  const watch = isWatching ? watchForLostWorkers(watched, signal) : undefined;
  const closed = untilFired(signal).then(async () => {
    await Promise.all([orchestrator.close(), server.close(), watch, ...encodes]);
    await Promise.all([webhooks.close(), redis?.close()]);
    await observed.close();
  });
  return { url: server.url, closed };
}

function fleetRequests(
  redis: RedisPort,
  local: LeaseRequests,
  telemetry: Telemetry,
  { config, log }: ServerOptions,
): LeaseRequests {
  const store = new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience: "waiters" });
  const fleet = new TimedLeaseStore(store, { kind: "redis", telemetry, isAway: isRedisAway });
  if (!config.FALLBACK_TO_LOCAL) return fleet;
  return new FallbackRequests(fleet, local, {
    isAway: isRedisAway,
    telemetry,
    retryMs: REDIS_RETRY_MS,
    now: () => performance.now(),
    log,
  });
}

function dependencies(
  { config, mediaDir, storageDir }: ServerOptions,
  redis: RedisPort | undefined,
): Dependency[] {
  return [
    { name: "media", check: async () => void (await mediaDisk.run(() => stat(mediaDir))) },
    { name: "storage", check: () => checkServable(storageDir) },
    // With the fallback, Redis is no condition of being ready.
    ...(redis && !config.FALLBACK_TO_LOCAL
      ? [{ name: "redis", check: (signal: AbortSignal) => redis.ping(signal) }]
      : []),
  ];
}

/** What storage has can be served while it is full, and only that: no reason to send viewers elsewhere. */
async function checkServable(storageDir: string): Promise<void> {
  await checkWritable(storageDir).catch((error: unknown) => {
    if (!isFull(error)) throw error;
  });
}
