import { afterAll, beforeAll, expect, it } from "vitest";
import { silentLog } from "../../../shared/log.ts";
import { shardChannel, shardKeys } from "../../../shared/redis/keys.ts";
import { RedisUnavailableError } from "../../../shared/redis/redis-port.ts";
import { scripts } from "../../../shared/redis/redis-script.ts";
import { UpstashRedis } from "../../../shared/redis/upstash-redis.ts";
import { type RunningGateway, startGateway } from "../../support/gateway.ts";
import { type RedisServer, startRedis } from "../../support/redis-server.ts";

let server: RedisServer;
let gateway: RunningGateway;
let redis: UpstashRedis;

beforeAll(async () => {
  server = await startRedis();
  gateway = await startGateway(server.url);
  redis = new UpstashRedis({ url: gateway.url, token: gateway.token, timeoutMs: 5000, log: silentLog });
});
afterAll(async () => {
  await redis.close();
  await gateway.stop();
  await server.stop();
});

const status = (id: string) => redis.evaluate(scripts.status, shardKeys(0), [shardChannel(0), "20", id]);

it("names a script as the server does", async () => {
  await expect.poll(() => status("x").catch(() => undefined)).toEqual(["unknown", ""]);
  const response = await fetch(`${gateway.url}/script/exists/${scripts.status.sha1}`, {
    headers: { authorization: `Bearer ${gateway.token}` },
  });
  expect(await response.json()).toEqual({ result: [1] });
});

it("tells a Redis that the gateway can't reach from one that refuses a command", async () => {
  const broken = { name: "broken", source: "return redis.call('NONSENSE')", sha1: "0".repeat(40) };
  const refused = await redis.evaluate(broken, [], ["BUSY LOADING"]).catch((error: unknown) => error);
  expect(refused).not.toBeInstanceOf(RedisUnavailableError);
  await server.kill();
  await expect(status("x")).rejects.toBeInstanceOf(RedisUnavailableError);
  await expect(redis.ping()).rejects.toBeInstanceOf(RedisUnavailableError);
  await gateway.stop();
  await expect(status("x")).rejects.toBeInstanceOf(RedisUnavailableError);
});
