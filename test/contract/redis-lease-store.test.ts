import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { TcpRedis } from "../../shared/node/tcp-redis.ts";
import type { Audience } from "../../shared/redis/keys.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import { type RedisPort, RedisUnavailableError } from "../../shared/redis/redis-port.ts";
import { UpstashRedis } from "../../shared/redis/upstash-redis.ts";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { ageRedis } from "./age-redis.ts";
import { leaseStoreContract } from "./lease-store/contract.ts";
import { aRequest } from "./lease-store/trial.ts";

let server: RedisServer;
let cluster: RedisServer;
let gateway: RunningGateway;

beforeAll(async () => {
  server = await startRedis();
  gateway = await startGateway(server.url);
  cluster = await startRedis({ cluster: true });
  await ownAllSlots(cluster);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
  await cluster.stop();
});

async function ownAllSlots({ url }: RedisServer): Promise<void> {
  const admin = new Redis(url);
  await admin.cluster("ADDSLOTS", ...Array.from({ length: 16_384 }, (_, slot) => slot));
  await vi.waitFor(async () => expect(await admin.cluster("INFO")).toContain("cluster_state:ok"), 60_000);
  admin.disconnect();
}

async function create(connect: () => RedisPort, shards: number, { url } = server) {
  const admin = new Redis(url);
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
    isOneQueue: shards === 1,
    advance: (ms: number) => ageRedis(admin, shards, ms),
    async close() {
      admin.disconnect();
      await redis.close();
    },
  };
}

const overTcp = ({ url } = server) => new TcpRedis({ url, timeoutMs: 5000, log: silentLog });
const overRest = () =>
  new UpstashRedis({ url: gateway.url, token: gateway.token, timeoutMs: 5000, log: silentLog });

leaseStoreContract("Redis over TCP", () => create(overTcp, 1));
leaseStoreContract("Redis over TCP in 3 shards of a cluster", () =>
  create(() => overTcp(cluster), 3, cluster),
);
leaseStoreContract("Redis over REST", () => create(overRest, 1));

it("a claim in 3 shards that broke off half-way gets the leases of all when it is repeated", async () => {
  const { store, close } = await create(() => answeringNot(overTcp(), "claim", 2), 3);
  const ids = Array.from({ length: 12 }, (_, k) => `title ${k}/v/1`);
  await store.request(ids.map((id) => aRequest(id)));
  // More than one shard has, fewer than all have.
  const claim = { worker: "w", sequence: 1, leaseMs: 10_000, count: 7 };
  await expect(store.claim(claim)).rejects.toThrow(RedisUnavailableError);
  expect(await store.claim(claim)).toHaveLength(7);
  expect(await store.stats()).toMatchObject({ queued: 5, leased: 7, dead: 0 });
  await close();
});

it.each([
  ["TCP", overTcp],
  ["REST", overRest],
])("a Redis without memory is away, over %s", async (_, connect) => {
  const { store, close } = await create(connect, 1);
  const admin = new Redis(server.url);
  await admin.config("SET", "maxmemory", "1");
  await expect(store.request([aRequest("a")])).rejects.toThrow(RedisUnavailableError);
  await admin.config("SET", "maxmemory", "0");
  expect(await store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
  admin.disconnect();
  await close();
});

it.each([
  ["TCP", overTcp],
  ["REST", overRest],
])("workers hear of work, and who waits of ends, over %s", async (_, connect) => {
  const { store, close } = await create(connect, 1);
  const heard: Record<Audience, string[]> = { workers: [], waiters: [] };
  const listeners = (["workers", "waiters"] as const).map((audience) => {
    const redis = connect();
    new RedisLeaseStore(redis, { audience }).subscribe(({ kind }) => heard[audience].push(kind));
    return redis;
  });
  await vi.waitFor(() => expect(heard).toEqual({ workers: ["connected"], waiters: ["connected"] }), 60_000);
  const claim = { worker: "w", leaseMs: 10_000, count: 1 };
  await store.request([aRequest("done")]);
  const [done] = await store.claim({ ...claim, sequence: 1 });
  await store.commit(done!, { meta: "", retainMs: 1000 });
  await store.request([aRequest("dead")]);
  const [dead] = await store.claim({ ...claim, sequence: 2 });
  await store.cancel(["dead"]);
  await store.request([aRequest("dead")]);
  await store.fail(dead!, { reason: "", permanent: true, backoffMs: 0, retainMs: 1000 });
  await vi.waitFor(() => {
    expect(heard.workers.slice(1)).toEqual(["queued", "drained", "queued", "drained", "cancelled"]);
    expect(heard.waiters.slice(1)).toEqual(["done", "dead"]);
  }, 10_000);
  await Promise.all(listeners.map((redis) => redis.close()));
  await close();
});

/** Loses the answer to the call of that number of one script, once it has run. */
function answeringNot(redis: RedisPort, name: string, number: number): RedisPort {
  let calls = 0;
  return {
    async evaluate(script, keys, args, signal) {
      const answer = await redis.evaluate(script, keys, args, signal);
      if (script.name === name) calls += 1;
      if (script.name === name && calls === number) throw new RedisUnavailableError("the answer got lost");
      return answer;
    },
    subscribe: redis.subscribe.bind(redis),
    ping: redis.ping.bind(redis),
    close: redis.close.bind(redis),
  };
}
