import { createApp, type Orchestrator } from "../orchestrator/app.ts";
import { createDoors } from "../orchestrator/doors/doors.ts";
import { redirectTo } from "../orchestrator/hand-off.ts";
import { KeptAnswers } from "../orchestrator/kept-answers.ts";
import { KnownSegments } from "../orchestrator/known-segments.ts";
import { misconfigured } from "../orchestrator/problem.ts";
import { TitlePlans } from "../orchestrator/title-plans.ts";
import { ConfigError } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { fleetEncoder, planOptions } from "../shared/plan-options.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { UpstashRedis } from "../shared/redis/upstash-redis.ts";
import { HttpOrigin } from "../shared/storage/http-origin.ts";
import { type Bindings, type EdgeConfig, readBindings } from "./bindings.ts";
import { createConsoleLog } from "./console-log.ts";

/** What the runtime hands over with each request. */
interface RequestContext {
  /** Keeps the request's I/O alive, past its response, until the work is done. */
  waitUntil(work: Promise<unknown>): void;
}

/** All that outlives a request: values. Sockets, timers and subscriptions belong to the one that opened them. */
const plans = new TitlePlans();
const knownSegments = new KnownSegments();
const kept = new KeptAnswers();

/** The orchestrator as a module for edge runtimes. */
export default {
  async fetch(request: Request, bindings: Bindings, context: RequestContext): Promise<Response> {
    try {
      const config = readBindings(bindings);
      const orchestrator = openOrchestrator(config, context);
      try {
        return await kept.before(orchestrator.app.fetch)(request, bindings);
      } finally {
        // What still streams now is storage's; Redis is heard of no more.
        await orchestrator.close();
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      createConsoleLog({ LOG_LEVEL: "error" }).error({ error: error.message }, "settings don't make sense");
      return misconfigured().toResponse();
    }
  },
};

/** An orchestrator for one request. */
function openOrchestrator(config: EdgeConfig, context: RequestContext): Orchestrator {
  const log = createConsoleLog(config);
  const redis = openRedis(config, log);
  const storage = new HttpOrigin({ url: config.STORAGE_URL, token: config.STORAGE_TOKEN, log });
  return createApp({
    store: new RedisLeaseStore(redis, { shards: config.REDIS_SHARDS, audience: "waiters" }),
    storage,
    // The films are where the workers are; a title is opened by its path.
    library: { list: async () => [] },
    assets: { read: async () => undefined },
    dependencies: [
      { name: "storage", check: async (signal) => void (await storage.find("readyz", signal)) },
      { name: "redis", check: (signal) => redis.ping(signal) },
    ],
    // Its limits hold within the request, which is to say never: a request that the runtime ends takes nothing
    // back, so what outlives it can't count. How many there may be is the runtime's to say.
    doors: createDoors(config, addressOf),
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    plan: planOptions(config, fleetEncoder(config)),
    plans,
    knownSegments,
    waitMs: config.SEGMENT_WAIT_MS,
    maxAttempts: config.MAX_ATTEMPTS,
    fileWaitMs: config.FILE_WAIT_MS,
    // These runtimes encode a body themselves, as its headers say: it would be done twice.
    compress: false,
    handOff: config.SEGMENT_BASE_URL === undefined ? undefined : redirectTo(config.SEGMENT_BASE_URL),
    // Nothing here outlives a request, and storage is only read.
    preparing: undefined,
    evictor: undefined,
    waitUntil: (work) => context.waitUntil(work),
    log,
  });
}

/** Cloudflare's name for it. */
function addressOf(request: Request): string {
  return request.headers.get("cf-connecting-ip") ?? "unknown";
}

function openRedis(config: EdgeConfig, log: Log): UpstashRedis {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = config;
  return new UpstashRedis({ url, token, timeoutMs: config.REDIS_TIMEOUT_MS, log });
}
