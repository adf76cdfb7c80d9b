import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startServer } from "../support/embedded-server.ts";
import type { FfmpegInPath } from "../support/ffmpeg-in-path.ts";
import { footage } from "../support/footage.ts";
import { childrenOf, isRunning, programOf } from "../support/processes.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { fakeFfmpeg } from "./fake-ffmpeg.ts";
import { Fleet } from "./fleet.ts";
import { fetchSegment, playThrough, segmentUrls } from "./viewer.ts";

const FLEET_ONLY = { FALLBACK_TO_LOCAL: "false" };

let mediaDir: string;
let undisturbed: readonly string[];
let fleet: Fleet;
let fake: FfmpegInPath | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  const film = await footage("film-24000-1001-bframes");
  for (const name of ["film.mp4", "odd.mp4"]) await copyFile(film, join(mediaDir, name));
  const server = await startServer(mediaDir);
  undisturbed = await playThrough(server.url);
  await server.stop();
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));
afterEach(async () => {
  await fleet.stop();
  await fake?.remove();
  fake = undefined;
});

test("no FFmpeg outlives its worker, which is killed in mid-encode", async () => {
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const worker = await fleet.addWorker("w1");
  const waiting = fetchSegment((await segmentUrls(fleet.url))[6]!);
  const pid = await encodeOf(worker);
  // It can't end by itself now.
  process.kill(pid, "SIGSTOP");
  await fleet.killWorker("w1");
  await expect.poll(() => isRunning(pid), { timeout: 30_000, interval: 10 }).toBe(false);
  await fleet.addWorker("w2");
  expect(await waiting).toBe(undisturbed[6]);
});

test.each([
  { case: "its encode with it", encodeToo: true },
  { case: "its encode going on", encodeToo: false },
])("a worker that stands still past its lease, $case, does not commit", async ({ encodeToo }) => {
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const stopped = await fleet.addWorker("w1", { LOG_LEVEL: "debug" });
  const waiting = fetchSegment((await segmentUrls(fleet.url))[6]!);
  const pid = await encodeOf(stopped);
  if (encodeToo) process.kill(pid, "SIGSTOP");
  process.kill(stopped.pid, "SIGSTOP");
  const other = await fleet.addWorker("w2");
  expect(await waiting).toBe(undisturbed[6]);
  process.kill(stopped.pid, "SIGCONT");
  await expect.poll(() => isRunning(pid), { timeout: 10_000, interval: 20 }).toBe(false);
  const outcomes = () =>
    stopped.log.map((line) => JSON.parse(line)).filter(({ job }) => job?.endsWith("/6+1"));
  await expect.poll(outcomes, { timeout: 30_000 }).toHaveLength(1);
  expect(outcomes()[0]).toMatchObject({ msg: "lease lost", attempt: 1 });
  fleet.workers.delete("w2");
  await other.stop();
  // It is none the worse for it.
  expect(await fetchSegment((await segmentUrls(fleet.url))[10]!)).toBe(undisturbed[10]);
});

test("a part that kills its workers takes three of them: the viewer hears of it, and the fourth plays on", async () => {
  // The program is the worker's own child.
  fake = await fakeFfmpeg({ "odd.mp4": "kill -KILL $PPID; exec sleep 60" });
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  for (const id of ["w1", "w2", "w3", "w4"]) await fleet.addWorker(id, { PATH: fake.path });
  const [first] = await segmentUrls(fleet.url, "odd.mp4");
  const response = await fetch(first!);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({
    code: "workers-lost",
    detail: "3 workers stopped answering while they worked on it",
  });
  const alive = await Promise.all([...fleet.workers.values()].map(({ pid }) => isRunning(pid)));
  expect(alive.filter(Boolean)).toHaveLength(1);
  expect(await fetchSegment((await segmentUrls(fleet.url))[3]!)).toBe(undisturbed[3]);
});

test("a part that comes out as garbage three times is an error, and its worker plays on", async () => {
  fake = await fakeFfmpeg({ "odd.mp4": "echo garbage >&3; exit 0" });
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const worker = await fleet.addWorker("w1", { PATH: fake.path, LOG_LEVEL: "warn" });
  const [first] = await segmentUrls(fleet.url, "odd.mp4");
  const response = await fetch(first!);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ code: "encode-failed" });
  const attempts = worker.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "job failed");
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(await fetchSegment((await segmentUrls(fleet.url))[3]!)).toBe(undisturbed[3]);
});

test("an FFmpeg that stands still is ended, and the part is made at the next attempt", async () => {
  fake = await fakeFfmpeg({ "odd.mp4": 'mkdir "$(dirname "$0")/once" 2>/dev/null && exec sleep 300' });
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const worker = await fleet.addWorker("w1", { PATH: fake.path, LOG_LEVEL: "warn" });
  const [first] = await segmentUrls(fleet.url, "odd.mp4");
  expect(await fetchSegment(first!)).toBe(undisturbed[0]);
  const attempts = worker.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "job failed");
  expect(attempts).toMatchObject([{ attempt: 1, code: "source-timeout" }]);
  expect(await childrenOf(worker.pid)).toEqual([]);
});

test("a worker that is told to stop gives back what it can't finish in the grace period, and exits with 0", async () => {
  fake = await fakeFfmpeg({ "odd.mp4": "exec sleep 300" });
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const worker = await fleet.addWorker("w1", { PATH: fake.path, SHUTDOWN_GRACE_MS: "500" });
  const [first] = await segmentUrls(fleet.url, "odd.mp4");
  const waiting = fetchSegment(first!);
  const pid = await encodeOf(worker, "sleep");
  await fleet.addWorker("w2");
  fleet.workers.delete("w1");
  expect(await worker.stop()).toBe(0);
  expect(await isRunning(pid)).toBe(false);
  expect(await waiting).toBe(undisturbed[0]);
});

test("a worker that is told twice to stop ends at once, and its encode too", async () => {
  fake = await fakeFfmpeg({ "odd.mp4": "exec sleep 300" });
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
  const worker = await fleet.addWorker("w1", { PATH: fake.path, SHUTDOWN_GRACE_MS: "600000" });
  const [first] = await segmentUrls(fleet.url, "odd.mp4");
  const waiting = fetchSegment(first!);
  const pid = await encodeOf(worker, "sleep");
  // Two signals that come at the same time count as one.
  const stopAgain = async () => {
    const isThere = await isRunning(worker.pid);
    if (isThere) process.kill(worker.pid, "SIGTERM");
    return isThere;
  };
  await expect.poll(stopAgain, { timeout: 10_000, interval: 200 }).toBe(false);
  expect(await worker.ended).toBe(143);
  await expect.poll(() => isRunning(pid), { timeout: 30_000, interval: 10 }).toBe(false);
  await fleet.addWorker("w2");
  expect(await waiting).toBe(undisturbed[0]);
});

/** The encode that a worker runs, as soon as it does. */
async function encodeOf(worker: ServerProcess, program = "ffmpeg"): Promise<number> {
  let found: number | undefined;
  const find = async () => {
    const children = await childrenOf(worker.pid);
    const names = await Promise.all(children.map(programOf));
    found = children[names.indexOf(program)];
    return found;
  };
  await expect.poll(find, { timeout: 60_000, interval: 5 }).toBeDefined();
  return found!;
}
