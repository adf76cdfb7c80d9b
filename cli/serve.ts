import { stat } from "node:fs/promises";
import { createApp } from "../orchestrator/app.ts";
import { createDoors } from "../orchestrator/doors/doors.ts";
import { KeptAnswers } from "../orchestrator/kept-answers.ts";
import { KnownSegments } from "../orchestrator/known-segments.ts";
import type { Dependency } from "../orchestrator/routes/health.ts";
import { TitlePlans } from "../orchestrator/title-plans.ts";
import type { Config } from "../shared/config.ts";
import { FallbackRequests } from "../shared/lease/fallback-requests.ts";
import type { LeaseRequests } from "../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../shared/lease/memory-lease-store.ts";
import type { Log } from "../shared/log.ts";
import { mediaDisk } from "../shared/node/disk-calls.ts";
import { checkWritable } from "../shared/node/file-storage.ts";
import { isFull } from "../shared/node/storage-fault.ts";
import { fleetEncoder, planOptions } from "../shared/plan-options.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { type RedisPort, RedisUnavailableError } from "../shared/redis/redis-port.ts";
import { runWorker } from "../worker/work-loop.ts";
import { chooseEncoder } from "./choose-encoder.ts";
import { clientAddress } from "./client-address.ts";
import { FolderLibrary } from "./folder-library.ts";
import { mediaFolder, storageFolder } from "./folders.ts";
import { chooseHandOff } from "./hand-off.ts";
import { listen } from "./http-server.ts";
import { createLog } from "./log.ts";
import { createPageAssets } from "./page-assets.ts";
import { createRedis } from "./redis.ts";
import { readSettings } from "./settings.ts";
import { stopOnSignal, untilFired } from "./stop-signal.ts";
import { openStorage } from "./storage.ts";
import { requireFfmpeg, workerOptions } from "./worker-options.ts";

/** How soon after Redis went away it is asked again. */
const REDIS_RETRY_MS = 1000;

/** `seamline serve [folder]`: without Redis everything in this process, with it the fleet's orchestrator. */
export async function serve(args: readonly string[]): Promise<number> {
  const { config, positionals } = readSettings(args, process.env);
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
  const local = new MemoryLeaseStore();
  const { storage, keepInOrder } = openStorage(storageDir, config, log);
  const orchestrator = createApp({
    store: redis ? fleetRequests(redis, local, options) : local,
    storage,
    library: new FolderLibrary(mediaDir),
    assets: createPageAssets(),
    dependencies: dependencies(options, redis),
    doors: createDoors(config, clientAddress(config.TRUSTED_PROXIES)),
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    plan: planOptions(config, encoder),
    plans: new TitlePlans(),
    knownSegments: new KnownSegments(),
    waitMs: config.SEGMENT_WAIT_MS,
    fileWaitMs: config.FILE_WAIT_MS,
    handOff: chooseHandOff(config, storageDir),
    compress: true,
    // A process outlives its requests.
    waitUntil() {},
    log,
  });
  // Segments that this server's own viewers wait for: they are told to come back, so nothing is finished.
  const encoding = {
    ...(await workerOptions(config, { mediaDir, store: local, storage, log, encoder })),
    graceMs: 0,
  };
  const server = await listen(new KeptAnswers().before(orchestrator.app.fetch), config);
  // Whoever only reads leaves storage as it is.
  const encodes = encodesHere ? [runWorker(encoding, signal), keepInOrder(signal)] : [];
  const closed = untilFired(signal).then(async () => {
    orchestrator.close();
    await Promise.all([server.close(), ...encodes]);
    await redis?.close();
  });
  return { url: server.url, closed };
}

function fleetRequests(
  redis: RedisPort,
  local: MemoryLeaseStore,
  { config, log }: ServerOptions,
): LeaseRequests {
  const fleet = new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience: "waiters" });
  if (!config.FALLBACK_TO_LOCAL) return fleet;
  return new FallbackRequests(fleet, local, {
    isAway: (error) => error instanceof RedisUnavailableError,
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
