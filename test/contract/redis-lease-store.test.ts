import { Redis } from "ioredis";
import { afterAll, beforeAll, expect } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { TcpRedis } from "../../shared/node/tcp-redis.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { ageRedis } from "./age-redis.ts";
import { leaseStoreContract } from "./lease-store.contract.ts";
import { leaseStoreHistories } from "./lease-store.histories.ts";

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function create(shards: number) {
  const admin = new Redis(server.url);
  await admin.flushall();
  const redis = new TcpRedis({ url: server.url, timeoutMs: 5000, log: silentLog });
  const answers = () =>
    redis.ping().then(
      () => true,
      () => false,
    );
  await expect.poll(answers).toBe(true);
  return {
    store: new RedisLeaseStore(redis, { shards }),
    advance: (ms: number) => ageRedis(admin, shards, ms),
    async close() {
      admin.disconnect();
      await redis.close();
    },
  };
}

leaseStoreContract("Redis over TCP", () => create(1));
leaseStoreContract("Redis over TCP in 3 shards", () => create(3));
leaseStoreHistories("Redis over TCP", () => create(1), 200);
