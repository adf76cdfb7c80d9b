import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createClient } from "@redis/client";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HLSController, type HLSManagerOptions, StreamType } from "../../library/index.ts";
import { silentLog } from "../../shared/log.ts";
import { startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { filmFolder } from "./short-film.ts";

let folder: Awaited<ReturnType<typeof filmFolder>>;
let redis: RedisServer;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await filmFolder();
  redis = await startRedis();
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

afterAll(async () => {
  await redis?.stop();
  await folder?.remove();
});

/** A node over a cache of that name. */
async function startNode(cache: string, options: Partial<HLSManagerOptions> = {}): Promise<HLSController> {
  const cacheDirectory = join(folder.dir, cache);
  const node = new HLSController({
    cacheDirectory,
    log: silentLog,
    distributed: { redisUrl: redis.url },
    ...options,
  });
  endings.push(() => node.dispose());
  await node.initialize();
  return node;
}

async function segment(node: HLSController, number: number): Promise<Buffer> {
  const { stream } = await node.getSegmentStream(folder.film, "a", StreamType.VIDEO, "240p", 0, number);
  return buffer(stream);
}

/** Another program's clients, connected, by kind. */
const clients = {
  async ioredis() {
    const client = new Redis(redis.url);
    endings.push(() => client.disconnect());
    return client;
  },
  async "node-redis"() {
    const client = createClient({ url: redis.url });
    client.on("error", () => {});
    await client.connect();
    endings.push(() => client.isOpen && client.destroy());
    return client;
  },
};

test.each(["ioredis", "node-redis"] as const)(
  "a fleet works through clients of %s, which stay open",
  async (kind) => {
    const client = await clients[kind]();
    const [first, second] = [
      await startNode(kind, { distributed: { client } }),
      await startNode(kind, { distributed: { client: await clients[kind]() } }),
    ];
    const [a, b] = await Promise.all([segment(first, 1), segment(second, 1)]);
    expect(a).toEqual(b);
    await first.dispose();
    expect(await (client as Pick<Redis, "ping">).ping()).toBe("PONG");
    expect((await segment(second, 3)).length).toBeGreaterThan(1000);
  },
);

test("one node makes what another is asked for", async () => {
  const distributed = { redisUrl: redis.url, fallbackToLocal: false };
  const asked = await startNode("shared", { distributed, maxConcurrentJobs: 1 });
  const made: object[] = [];
  const debug = (fields: object, event: string) => event === "job done" && made.push(fields);
  const workers = [1, 2].map(() => startNode("shared", { log: { ...silentLog, debug } }));
  await Promise.all(workers);
  // More at once than it has places for.
  await Promise.all([0, 1, 2, 3].map((number) => segment(asked, number)));
  await expect.poll(() => made.length).toBeGreaterThan(0);
  expect((await readdir(join(folder.dir, "shared"))).filter((name) => name === "fleet-id")).toHaveLength(1);
});

test("a fleet works over REST, as Upstash has it", async () => {
  const gateway = await startGateway(redis.url);
  endings.push(() => gateway.stop());
  const settings = { UPSTASH_REDIS_REST_URL: gateway.url, UPSTASH_REDIS_REST_TOKEN: gateway.token };
  const node = await startNode("rest", { settings, distributed: { fallbackToLocal: false } });
  expect((await segment(node, 0)).length).toBeGreaterThan(1000);
});

test("a node plays on while Redis says nothing, and with it when it is back", async () => {
  const node = await startNode("paused");
  expect((await segment(node, 0)).length).toBeGreaterThan(1000);
  redis.pause();
  try {
    expect((await segment(node, 2)).length).toBeGreaterThan(1000);
  } finally {
    redis.resume();
  }
  expect((await segment(node, 3)).length).toBeGreaterThan(1000);
});

test("without the fallback a node does not start without Redis", async () => {
  redis.pause();
  try {
    const distributed = { redisUrl: redis.url, fallbackToLocal: false };
    await expect(startNode("away", { distributed })).rejects.toThrow("Redis does not answer");
  } finally {
    redis.resume();
  }
});
