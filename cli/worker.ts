import { stat } from "node:fs/promises";
import { Hono } from "hono";
import { createAdminCheck } from "../orchestrator/doors/require-admin.ts";
import { securityHeaders } from "../orchestrator/doors/security-headers.ts";
import { healthRoutes } from "../orchestrator/routes/health.ts";
import { ConfigError } from "../shared/config.ts";
import { secretHider } from "../shared/hide-secrets.ts";
import { mediaDisk } from "../shared/node/disk-calls.ts";
import { checkWritable } from "../shared/node/file-storage.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { runWorker } from "../worker/work-loop.ts";
import { requireEncoder } from "./choose-encoder.ts";
import { mediaFolder, storageFolder } from "./folders.ts";
import { listen } from "./http-server.ts";
import { createLog } from "./log.ts";
import { createRedis } from "./redis.ts";
import { readSettings } from "./settings.ts";
import { stopOnSignal } from "./stop-signal.ts";
import { openStorage } from "./storage.ts";
import { requireFfmpeg, workerOptions } from "./worker-options.ts";

/** `seamline worker`: one of the fleet. Health at its PORT; SIGTERM lets it finish what it is at. */
export async function worker(args: readonly string[]): Promise<number> {
  const { config, positionals } = readSettings(args, process.env);
  const log = createLog(config);
  const mediaDir = await mediaFolder(config, positionals[0]);
  const storageDir = await storageFolder(config);
  const redis = createRedis(config, log);
  if (!redis)
    throw new ConfigError("a worker needs the fleet's Redis: set REDIS_URL or UPSTASH_REDIS_REST_URL.");
  const stop = stopOnSignal();
  await requireFfmpeg(stop.signal);
  const encoder = await requireEncoder(config, stop.signal);
  const health = new Hono().use(securityHeaders()).route(
    "/",
    healthRoutes(
      [
        { name: "media", check: async () => void (await mediaDisk.run(() => stat(mediaDir))) },
        { name: "storage", check: () => checkWritable(storageDir) },
        { name: "redis", check: (signal) => redis.ping(signal) },
      ],
      { isAdmin: createAdminCheck(config.ADMIN_TOKEN, "admin"), hideSecrets: secretHider(config) },
    ),
  );
  const server = await listen(health.fetch, config);
  process.stdout.write(`Seamline worker for ${mediaDir}, health at ${server.url}healthz\n`);
  const store = new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience: "workers" });
  const { storage, keepInOrder } = openStorage(storageDir, config, log);
  const options = await workerOptions(config, { mediaDir, store, storage, log, encoder });
  log.info({ worker: options.id, concurrency: options.concurrency }, "worker started");
  await Promise.all([runWorker(options, stop.signal), keepInOrder(stop.signal)]);
  await Promise.all([server.close(), redis.close()]);
  stop.dispose();
  return 0;
}
