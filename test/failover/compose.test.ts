import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { footage } from "../support/footage.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { freePort } from "../support/free-port.ts";
import { runProgram } from "../support/run-program.ts";
import { playThrough, segmentUrls } from "./viewer.ts";

const PROJECT = `seamline-test-${process.pid}`;

let mediaDir: string;
let port: number;

/** As a user types it, with images that are there already. */
async function compose(...args: string[]): Promise<string> {
  const settings = { FILMS: mediaDir, PORT: String(port), REDIS_IMAGE: "seamline-redis:test" };
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const command = ["docker", "compose", "--project-directory", repositoryRoot, "-p", PROJECT, ...args];
  return (await runProgram("env", [...assignments, ...command])).stdout.toString();
}

async function runningWorkers(): Promise<string[]> {
  return (await compose("ps", "-q", "worker")).split("\n").filter(Boolean);
}

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  // Containers run as another user.
  await chmod(mediaDir, 0o755);
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "film.mp4"));
  port = await freePort();
});
afterAll(async () => {
  await compose("down", "--volumes", "--timeout", "1");
  await rm(mediaDir, { recursive: true, force: true });
});

test("docker compose up --scale worker=3, kill a worker, scale to 2: the film plays on", async () => {
  const url = `http://127.0.0.1:${port}/`;
  await compose("up", "--detach", "--no-build", "--scale", "worker=3");
  const ready = () =>
    // The engine's proxy takes connections before the program does, and leaves them hanging.
    fetch(`${url}readyz`, { signal: AbortSignal.timeout(1000) }).then(
      ({ status }) => status,
      () => undefined,
    );
  await expect.poll(ready, { timeout: 60_000 }).toBe(200);
  expect(await runningWorkers()).toHaveLength(3);
  const hashes = await playThrough(url, "film.mp4", "v240", async (index) => {
    if (index === 4) await runProgram("docker", ["kill", (await runningWorkers())[0]!]);
    if (index === 9) await compose("up", "--detach", "--no-build", "--no-recreate", "--scale", "worker=2");
  });
  expect(hashes).toHaveLength((await segmentUrls(url, "film.mp4", "v240")).length);
  expect(await runningWorkers()).toHaveLength(2);
});
