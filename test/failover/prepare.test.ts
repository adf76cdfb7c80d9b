import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SeamlineClient } from "../../client/seamline-client.ts";
import { makeSmallFilms, type SmallFilms } from "../api/small-films.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";

const ADMIN_TOKEN = "an administrator's token";

let films: SmallFilms;
let storageDir: string;
let redis: RedisServer;
let programs: readonly ServerProcess[] = [];

beforeAll(async () => {
  films = await makeSmallFilms({ "film.mkv": 60 });
  storageDir = await mkdtemp(join(tmpdir(), "seamline-prepared-"));
  redis = await startRedis();
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await redis?.stop();
  await films?.remove();
  await rm(storageDir, { recursive: true, force: true });
});

function start(command: "serve" | "worker"): Promise<ServerProcess> {
  const environment = {
    ADMIN_TOKEN,
    REDIS_URL: redis.url,
    FALLBACK_TO_LOCAL: "false",
    WORKER_CONCURRENCY: "1",
  };
  return startProgram(command, films.dir, storageDir, { environment });
}

test("the orchestrator that sees to a preparation is killed: another one answers for it, and goes on", async () => {
  const [one, other, worker] = await Promise.all([start("serve"), start("serve"), start("worker")]);
  programs = [other, worker];
  const [first, second] = [one, other].map(
    ({ url: baseUrl }) => new SeamlineClient({ baseUrl, adminToken: ADMIN_TOKEN }),
  );
  const { id, startedAt } = await first!.prepare({ path: "film.mkv", rungs: ["240p"] });
  for await (const { made } of first!.follow(id)) if (made > 0) break;
  await one.stop("SIGKILL");
  const states = [];
  for await (const { state } of second!.follow(id)) states.push(state);
  expect(states.at(-1)).toBe("done");
  expect(await second!.preparation(id)).toMatchObject({ state: "done", startedAt });
});
