import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webhookEventSchema } from "../../shared/api/webhook-event.ts";
import { WebhookReceiver } from "../api/webhook-receiver.ts";
import { footage } from "../support/footage.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";
import { LeaseView } from "./lease-view.ts";
import { FILM, segmentUrls } from "./viewer.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const receiver = new WebhookReceiver();
let mediaDir: string;
let storageDir: string;
let redis: RedisServer;
let environment: Readonly<Record<string, string>>;
const programs: ServerProcess[] = [];

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, FILM));
  storageDir = await mkdtemp(join(tmpdir(), "seamline-lost-"));
  redis = await startRedis();
  environment = {
    ...{ REDIS_URL: redis.url, FALLBACK_TO_LOCAL: "false", LOG_LEVEL: "warn", WORKER_CONCURRENCY: "1" },
    ...{ WEBHOOK_SECRET: SECRET, WEBHOOK_URLS: await receiver.listen() },
  };
});
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await receiver.close();
  await redis?.stop();
  await Promise.all([mediaDir, storageDir].map((dir) => rm(dir, { recursive: true, force: true })));
});

async function start(command: "serve" | "worker", id: string): Promise<ServerProcess> {
  const own = { ...environment, WORKER_ID: id };
  const program = await startProgram(command, mediaDir, storageDir, { environment: own });
  programs.push(program);
  return program;
}

test("a worker that is killed at work is told of once, and signed, though two orchestrators see it", async () => {
  const servers = await Promise.all(["one", "other"].map((id) => start("serve", id)));
  const worker = await start("worker", "w1");
  const leases = new LeaseView(redis.url);
  const leaving = new AbortController();
  const urls = await segmentUrls(servers[0]!.url);
  const asking = urls.map((url) => fetch(url, { signal: leaving.signal }).catch(() => {}));
  await leases.waitForHolder(({ id }) => id.includes("/v480/"));
  await worker.stop("SIGKILL");
  leases.close();
  leaving.abort();
  await Promise.all(asking);
  await (await start("worker", "w2")).stop();

  const sees = ({ log }: ServerProcess) => log.some((line) => /"w1".*"worker lost"/.test(line));
  await expect.poll(() => servers.every(sees), { timeout: 60_000, interval: 50 }).toBe(true);
  const [message] = await receiver.until(1);
  expect(receiver.received).toHaveLength(1);
  const event = webhookEventSchema.parse(new Webhook(SECRET).verify(message!.body, message!.headers));
  expect(event).toMatchObject({ type: "worker.lost", data: { worker: "w1" } });
  // Those that were waited for, and what went with them.
  expect(event.type === "worker.lost" && event.data.jobs).toBeGreaterThan(0);
  // It left in good order.
  expect(servers.flatMap(({ log }) => log).filter((line) => line.includes("w2"))).toEqual([]);
});
