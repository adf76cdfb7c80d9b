import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { TcpRedis } from "../../shared/node/tcp-redis.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import { footage } from "../support/footage.ts";
import { Fleet } from "./fleet.ts";

let mediaDir: string;
let fleet: Fleet;
let redis: TcpRedis;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "film.mp4"));
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false", SEGMENT_WAIT_MS: "2000" });
  redis = new TcpRedis({ url: fleet.redis.url, timeoutMs: 1000, log: silentLog });
});
afterAll(async () => {
  await redis.close();
  await fleet.stop();
  await rm(mediaDir, { recursive: true, force: true });
});

test("where there is no worker, the queue tells of a viewer who waits; the first worker to come serves them", async () => {
  const store = new RedisLeaseStore(redis, { shards: 1, audience: "waiters" });
  const queued = async () => (await store.stats()).queued;
  const ask = () => fetch(`${fleet.url}hls/film.mp4/master.m3u8`);
  await expect.poll(queued, { timeout: 30_000 }).toBe(0);

  const early = ask();
  await expect.poll(queued, { timeout: 30_000 }).toBeGreaterThan(0);
  expect((await early).status).toBe(503);
  expect((await early).headers.get("retry-after")).not.toBeNull();

  await fleet.addWorker("w1");
  // Two seconds are little on a busy machine: players ask again.
  await expect.poll(async () => (await ask()).status, { timeout: 60_000 }).toBe(200);
});
