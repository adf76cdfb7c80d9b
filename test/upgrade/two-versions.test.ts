import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Fleet } from "../failover/fleet.ts";
import { FILM, fetchSegment, playThrough, segmentUrls } from "../failover/viewer.ts";
import type { FfmpegInPath } from "../support/ffmpeg-in-path.ts";
import { footage } from "../support/footage.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { runProgram } from "../support/run-program.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { ffmpeg7, otherRecipe } from "./other-ffmpeg.ts";

const RUNG = "v240";
/** Longer than what is made ahead of its first segment. */
const FRAMES = 720;
const FLEET_ONLY = { FALLBACK_TO_LOCAL: "false", LOG_LEVEL: "debug" };
/** A worker that gives back what it holds when it is stopped. */
const AT_ONCE = { SHUTDOWN_GRACE_MS: "0" };

let mediaDir: string;
let fleet: Fleet;
let other: FfmpegInPath | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  const film = await footage("film-24000-1001-bframes");
  const short = [
    "-map",
    "0:v:0",
    "-frames:v",
    `${FRAMES}`,
    "-vf",
    "scale=-2:240",
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
  ];
  await runProgram("ffmpeg", ["-v", "error", "-i", film, ...short, join(mediaDir, FILM)]);
});
beforeEach(async () => {
  fleet = await Fleet.start(mediaDir, FLEET_ONLY);
});
afterEach(async () => {
  await fleet.stop();
  await other?.remove();
  other = undefined;
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));

test("FFmpeg 7.1 goes on with what 5.1 began: one init segment, and every frame once", async () => {
  const path = await ffmpeg7();
  const versions = [await versionOf(process.env.PATH!), await versionOf(path)];
  expect(versions[0]).not.toBe(versions[1]);
  await upgrade(path);
});

test("a version that makes other bytes: what was published first is served, and what is missing is added", async () => {
  other = await otherRecipe("-aq-strength", "0.4");
  await upgrade(other.path);
});

test("a version that makes another init segment publishes nothing, says why, and leaves the film to the others", async () => {
  other = await otherRecipe("-refs", "3");
  const { urls, init } = await beginFilm();
  const unlike = await fleet.addWorker("new", { PATH: other.path, ...AT_ONCE });
  const last = urls.length - 1;
  const waiting = fetchSegment(urls[last]!);
  await expect.poll(() => left(unlike), { timeout: 60_000 }).toHaveLength(1);
  expect(left(unlike)[0]).toContain("makes another init segment than the one");
  // It does not use up the attempts of those that can.
  expect(await fleet.leases.attempts(`/${RUNG}/${last}+1`)).toBeLessThanOrEqual(1);
  await fleet.addWorker("old-again");
  await waiting;
  await playThrough(fleet.url, FILM, RUNG);
  expect(await fleet.leases.attempts(`/${RUNG}/${last}+1`)).toBe(1);
  expect(segmentsMade(unlike)).toBe(0);
  expect(failures(unlike)).toEqual([]);
  await expectWhole(urls, init);
});

test("where every worker makes another init segment, the viewer is told so, and not kept waiting for ever", async () => {
  other = await otherRecipe("-refs", "3");
  const { urls } = await beginFilm();
  const unlike = await fleet.addWorker("new", { PATH: other.path, ...AT_ONCE });
  const response = await fetch(urls.at(-1)!);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain("makes another init segment than the one");
  expect(segmentsMade(unlike)).toBe(0);
});

test("a version that comes first makes the title its own", async () => {
  other = await otherRecipe("-refs", "3");
  const first = await fleet.addWorker("new", { PATH: other.path });
  const urls = await segmentUrls(fleet.url, FILM, RUNG);
  await playThrough(fleet.url, FILM, RUNG);
  await expect.poll(() => segmentsMade(first)).toBe(urls.length);
  await expectWhole(urls, await fetchInit(urls));
});

/** The beginning of a film, made by a worker that is gone then. */
async function beginFilm() {
  const worker = await fleet.addWorker("old", AT_ONCE);
  const urls = await segmentUrls(fleet.url, FILM, RUNG);
  const hashes = await Promise.all(urls.slice(0, 1).map(fetchSegment));
  const init = await fetchInit(urls);
  await worker.stop();
  return { urls, hashes, init };
}

/** The whole film, by a worker with another FFmpeg than the one that began it. */
async function upgrade(path: string) {
  const { urls, hashes, init } = await beginFilm();
  const worker = await fleet.addWorker("new", { PATH: path });
  const played = await playThrough(fleet.url, FILM, RUNG);
  // No other title, and nothing made anew.
  expect(await segmentUrls(fleet.url, FILM, RUNG)).toEqual(urls);
  expect(played.slice(0, hashes.length)).toEqual(hashes);
  expect(segmentsMade(worker)).toBeGreaterThan(0);
  await expectWhole(urls, init);
}

async function expectWhole(urls: readonly string[], init: Buffer): Promise<void> {
  expect((await fetchInit(urls)).equals(init)).toBe(true);
  const bytes = Buffer.concat([init, ...(await Promise.all(urls.map(fetchBytes)))]);
  expect(await readFrameNumbers(bytes)).toEqual(Array.from({ length: FRAMES }, (_, frame) => frame));
}

const fetchInit = (urls: readonly string[]) => fetchBytes(new URL("init.mp4", urls[0]!).href);

async function fetchBytes(url: string): Promise<Buffer> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

function events({ log }: ServerProcess): readonly Record<string, unknown>[] {
  return log.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function segmentsMade(worker: ServerProcess): number {
  const done = events(worker).filter(({ msg, outcome }) => msg === "job done" && outcome === "committed");
  return done.filter(({ job }) => String(job).includes(`/${RUNG}/`)).length;
}

/** What it says of jobs that failed, and of renditions that it leaves to others. */
const failures = (worker: ServerProcess) => errors(worker, "job failed");
const left = (worker: ServerProcess) => errors(worker, "left to other workers");

function errors(worker: ServerProcess, message: string): readonly unknown[] {
  return events(worker).flatMap(({ msg, error }) => (msg === message ? [error] : []));
}

async function versionOf(path: string): Promise<string> {
  const command = ["-c", "PATH=$1 exec ffmpeg -version", "sh", path];
  const { stdout } = await runProgram("/bin/sh", command);
  return /version (\d+)/.exec(stdout.toString())![1]!;
}
