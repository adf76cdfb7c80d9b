import { createHash } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { Fleet } from "./fleet.ts";

const RUNG = "v480";

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

test("the worker that holds the awaited segment is killed: another serves it, with the same bytes", async () => {
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  for (const id of ["w1", "w2", "w3"]) await fleet.addWorker(id);
  const [third] = await segmentUrls(fleet.url).then((urls) => urls.slice(8));
  const waiting = fetchSegment(third!);
  const killedAt = await killHolder(fleet, `/${RUNG}/8+1`);
  expect(await waiting).toBe(undisturbed[8]);
  console.log(`kill → served by another: ${Math.round(performance.now() - killedAt)} ms (lease 3000 ms)`);
  expect(await playThrough(fleet.url)).toEqual(undisturbed);
});

test("all workers are killed and one joins: the viewer waits, and gets the same bytes", async () => {
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  for (const id of ["w1", "w2"]) await fleet.addWorker(id);
  const urls = await segmentUrls(fleet.url);
  const waiting = fetchSegment(urls[6]!);
  await killHolder(fleet, `/${RUNG}/6+1`);
  for (const id of [...fleet.workers.keys()]) await fleet.killWorker(id);
  await fleet.addWorker("w3");
  expect(await waiting).toBe(undisturbed[6]);
  expect(await playThrough(fleet.url)).toEqual(undisturbed);
});

test("Redis is killed and comes back empty while a film plays: no error, the same bytes", async () => {
  fleet = await Fleet.start(mediaDir);
  await fleet.addWorker("w1");
  const urls = await segmentUrls(fleet.url);
  const hashes: string[] = [];
  for (const [index, url] of urls.entries()) {
    if (index === 3) await fleet.redis.kill();
    if (index === 7) await fleet.redis.start();
    hashes.push(await fetchSegment(url));
  }
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

test("a worker that is told to stop finishes what it is at and exits with 0", async () => {
  fleet = await Fleet.start(mediaDir, { FALLBACK_TO_LOCAL: "false" });
  const worker = await fleet.addWorker("w1");
  const urls = await segmentUrls(fleet.url);
  const waiting = fetchSegment(urls[5]!);
  await expect
    .poll(() => fleet!.holders((id) => id.endsWith(`/${RUNG}/5+1`)), { interval: 20 })
    .toEqual(["w1"]);
  fleet.workers.delete("w1");
  expect(await worker.stop()).toBe(0);
  expect(await waiting).toBe(undisturbed[5]);
});

/** Kills the worker that holds a job, seen in its lease; when that was, on the clock of `performance.now()`. */
async function killHolder(fleet: Fleet, jobSuffix: string): Promise<number> {
  let holder: string | undefined;
  const findHolder = async () => {
    [holder] = await fleet.holders((id) => id.endsWith(jobSuffix));
    return holder;
  };
  await expect.poll(findHolder, { interval: 10, timeout: 20_000 }).toBeDefined();
  await fleet.killWorker(holder!);
  return performance.now();
}

async function playThrough(serverUrl: string): Promise<string[]> {
  const hashes: string[] = [];
  for (const url of await segmentUrls(serverUrl)) hashes.push(await fetchSegment(url));
  return hashes;
}

async function segmentUrls(serverUrl: string): Promise<string[]> {
  const master = `${serverUrl}hls/film.mp4/master.m3u8`;
  const playlist = await (await fetchOk(master)).text();
  const line = playlist.split("\n").find((candidate) => candidate.includes(`/${RUNG}/`))!;
  const mediaUrl = new URL(line, master).href;
  const media = await (await fetchOk(mediaUrl)).text();
  return media.split("\n").flatMap((uri) => (uri.endsWith(".m4s") ? [new URL(uri, mediaUrl).href] : []));
}

async function fetchSegment(url: string): Promise<string> {
  const bytes = Buffer.from(await (await fetchOk(url)).arrayBuffer());
  return createHash("sha256").update(bytes).digest("hex");
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url);
  expect(response.status, `${url}: ${response.ok ? "" : await response.clone().text()}`).toBe(200);
  return response;
}
