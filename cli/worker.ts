import { stat } from "node:fs/promises";
import { Hono } from "hono";
import { createAdminCheck } from "../orchestrator/doors/require-admin.ts";
import { securityHeaders } from "../orchestrator/doors/security-headers.ts";
import { healthRoutes } from "../orchestrator/routes/health.ts";
import { metricsRoutes } from "../orchestrator/routes/metrics.ts";
import { ConfigError } from "../shared/config.ts";
import { secretHider } from "../shared/hide-secrets.ts";
import { TimedLeaseStore } from "../shared/lease/timed-lease-store.ts";
import { mediaDisk } from "../shared/node/disk-calls.ts";
import { checkWritable } from "../shared/node/file-storage.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { isRedisAway } from "../shared/redis/redis-port.ts";
import { runWorker } from "../worker/work-loop.ts";
import { requireEncoder } from "./choose-encoder.ts";
import { mediaFolder, storageFolder } from "./folders.ts";
import { listen, REQUEST_LIMITS } from "./http-server.ts";
import { createLog } from "./log.ts";
import { observe } from "./observe.ts";
import { createRedis } from "./redis.ts";
import type { CommandLine } from "./settings.ts";
import { stopOnSignal } from "./stop-signal.ts";
import { openStorage } from "./storage.ts";
import { requireFfmpeg, workerOptions } from "./worker-options.ts";

/** `seamline worker`: one of the fleet. Health at its PORT; SIGTERM lets it finish what it is at. */
export async function worker({ config, positionals }: CommandLine): Promise<number> {
  const log = createLog(config);
  const mediaDir = await mediaFolder(config, positionals[0]);
  const storageDir = await storageFolder(config);
  const redis = createRedis(config, log);
  if (!redis)
    throw new ConfigError("a worker needs the fleet's Redis: set REDIS_URL or UPSTASH_REDIS_REST_URL.");
  const stop = stopOnSignal();
  await requireFfmpeg(stop.signal);
  const encoder = await requireEncoder(config, stop.signal);
  const observed = await observe("worker", log);
  const { telemetry, metrics } = observed;
  const isAdmin = createAdminCheck(config.ADMIN_TOKEN, "admin");
  const health = new Hono().use(securityHeaders());
  health.route(
    "/",
    metricsRoutes(() => metrics.print(), isAdmin),
  );
  health.route(
    "/",
    healthRoutes(
      [
        { name: "media", check: async () => void (await mediaDisk.run(() => stat(mediaDir))) },
        { name: "storage", check: () => checkWritable(storageDir) },
        { name: "redis", check: (signal) => redis.ping(signal) },
      ],
      { isAdmin, hideSecrets: secretHider(config) },
    ),
  );
  const server = await listen(health.fetch, config, REQUEST_LIMITS, metrics.countRequests);
  process.stdout.write(`Seamline worker for ${mediaDir}, health at ${server.url}healthz\n`);
  const leases = new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience: "workers" });
  const store = new TimedLeaseStore(leases, { kind: "redis", telemetry, isAway: isRedisAway });
  metrics.look({ storageDir, queue: store });
  const { storage, keepInOrder } = openStorage(storageDir, config, log, telemetry);
  const options = await workerOptions(config, { mediaDir, store, storage, log, telemetry, encoder });
  metrics.describeWorker(options.id, options.concurrency);
  log.info({ worker: options.id, concurrency: options.concurrency }, "worker started");
  await Promise.all([runWorker(options, stop.signal), keepInOrder(stop.signal)]);
  await Promise.all([server.close(), redis.close(), observed.close()]);
  stop.dispose();
  return 0;
}
