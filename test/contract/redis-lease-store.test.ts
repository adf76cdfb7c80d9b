import { Redis } from "ioredis";
import { afterAll, beforeAll, expect } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { TcpRedis } from "../../shared/node/tcp-redis.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import type { RedisPort } from "../../shared/redis/redis-port.ts";
import { UpstashRedis } from "../../shared/redis/upstash-redis.ts";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { ageRedis } from "./age-redis.ts";
import { leaseStoreContract } from "./lease-store.contract.ts";
import { leaseStoreHistories } from "./lease-store.histories.ts";

let server: RedisServer;
let gateway: RunningGateway;

beforeAll(async () => {
  server = await startRedis();
  gateway = await startGateway(server.url);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

async function create(connect: () => RedisPort, shards: number) {
  const admin = new Redis(server.url);
  await admin.flushall();
  const redis = connect();
  const answers = () =>
    redis.ping().then(
      () => true,
      () => false,
    );
  await expect.poll(answers).toBe(true);
  const store = new RedisLeaseStore(redis, { shards });
  return {
    store,
    advance: (ms: number) => ageRedis(admin, shards, ms),
    async close() {
      admin.disconnect();
      await redis.close();
    },
  };
}

const overTcp = () => new TcpRedis({ url: server.url, timeoutMs: 5000, log: silentLog });
const overRest = () =>
  new UpstashRedis({ url: gateway.url, token: gateway.token, timeoutMs: 5000, log: silentLog });

leaseStoreContract("Redis over TCP", () => create(overTcp, 1));
leaseStoreContract("Redis over TCP in 3 shards", () => create(overTcp, 3));
leaseStoreContract("Redis over REST", () => create(overRest, 1));
leaseStoreHistories("Redis over TCP", () => create(overTcp, 1), 200);
