import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import { TcpRedis } from "../shared/node/tcp-redis.ts";
import type { RedisPort } from "../shared/redis/redis-port.ts";
import { UpstashRedis } from "../shared/redis/upstash-redis.ts";

/** The Redis that the settings name; undefined where they name none: everything is in one process then. */
export function createRedis(config: Config, log: Log): RedisPort | undefined {
  const timeoutMs = config.REDIS_TIMEOUT_MS;
  if (config.REDIS_URL) return new TcpRedis({ url: config.REDIS_URL, timeoutMs, log });
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = config;
  return url && token ? new UpstashRedis({ url, token, timeoutMs, log }) : undefined;
}
