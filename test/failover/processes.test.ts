import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { Fleet } from "./fleet.ts";
import { isSegment } from "./lease-view.ts";
import { FILM, fetchSegment, playThrough, RUNG, segmentUrls } from "./viewer.ts";

let mediaDir: string;
/** SHA-256 of each segment as an undisturbed process makes it. */
let undisturbed: readonly string[];
let fleet: Fleet | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "film.mp4"));
  const server = await startServer(mediaDir);
  undisturbed = await playThrough(server.url);
  await server.stop();
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));
afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

// Over TCP, where containers speak to Redis over REST.

test("the worker that holds the awaited segment is killed: another serves it, with the same bytes", async () => {
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  for (const id of ["w1", "w2", "w3"]) await fleet.addWorker(id);
  const urls = await segmentUrls(fleet.url);
  const waiting = fetchSegment(urls[8]!);
  const { worker } = await fleet.leases.waitForHolder(isSegment(RUNG, 8));
  await fleet.killWorker(worker);
  expect(await waiting).toBe(undisturbed[8]);
  expect(await playThrough(fleet.url)).toEqual(undisturbed);
});

test("Redis is killed and comes back empty while a film plays: no error, the same bytes", async () => {
  fleet = await Fleet.start(mediaDir);
  await fleet.addWorker("w1");
  const hashes = await playThrough(fleet.url, FILM, RUNG, async (index) => {
    if (index === 3) await fleet!.redis.kill();
    if (index === 7) await fleet!.redis.start();
  });
  expect(hashes).toEqual(undisturbed);
});

test("without the fallback, Redis away is 503 at once, and over when it is back", async () => {
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  await fleet.addWorker("w1");
  const [first] = await segmentUrls(fleet.url);
  await fleet.redis.kill();
  const away = await fetch(first!);
  expect(away.status).toBe(503);
  expect(away.headers.get("retry-after")).not.toBeNull();
  expect(await away.json()).toMatchObject({ code: "redis-unavailable" });
  await fleet.redis.start();
  await expect.poll(async () => (await fetch(first!)).status, { timeout: 30_000 }).toBe(200);
});
