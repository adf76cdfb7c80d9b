import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { runProgram } from "../support/run-program.ts";
import { filmFolder } from "./short-film.ts";

const PROGRAM = fileURLToPath(new URL("moved-program.mjs", import.meta.url));

let folder: Awaited<ReturnType<typeof filmFolder>>;
let redis: RedisServer;

beforeAll(async () => {
  folder = await filmFolder();
  redis = await startRedis();
});

afterAll(async () => {
  await redis?.stop();
  await folder?.remove();
});

/** Runs the program, over cache directories of its own, to the end that it comes to by itself. */
async function run(name: string, environment: Readonly<Record<string, string>>): Promise<unknown> {
  const cache = (which: string) => join(folder.dir, name, which);
  const values = {
    FILM: folder.film,
    LOCAL_CACHE: cache("local"),
    SHARED_CACHE: cache("shared"),
    HLS_CACHE_DIR: cache("detected"),
    ...environment,
  };
  const args = ["-i", `PATH=${process.env.PATH}`, ...Object.entries(values).map((pair) => pair.join("="))];
  const { stdout } = await runProgram("env", [...args, process.execPath, PROGRAM], undefined, 100_000);
  return JSON.parse(stdout.toString());
}

const played = { segments: 4, whole: true };

test("a program of the older library runs, with a Redis for one controller", async () => {
  expect(await run("one", { FLEET_REDIS_URL: redis.url })).toEqual([played, played, played]);
});

test("controllers with caches of their own are fleets of their own, though all use the Redis of the environment", async () => {
  const environment = { FLEET_REDIS_URL: redis.url, REDIS_URL: redis.url };
  expect(await run("all", environment)).toEqual([played, played, played]);
  const client = new Redis(redis.url);
  const fleets = (await client.keys("seamline:{*}:counters")).map((key) => /\{(.*)\/0\}/.exec(key)?.[1]);
  client.disconnect();
  // One of the test before, and three here: the environment is meant for all that are not told otherwise.
  expect(new Set(fleets).size).toBe(4);
});

test("the same program plays while Redis is away", async () => {
  const away = `redis://127.0.0.1:${await freePort()}`;
  expect(await run("away", { FLEET_REDIS_URL: away, REDIS_URL: away })).toEqual([played, played, played]);
});
