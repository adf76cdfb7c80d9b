import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { LeaseStore } from "../../shared/lease/lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import { UpstashRedis } from "../../shared/redis/upstash-redis.ts";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { aRequest } from "./lease-store/trial.ts";

const SAMPLES = 200;
const TARGET_MS = 50;
/** Far from the target, but nearer than a worker's look every second: without announcements it is missed. */
const FAULT_MS = 500;

let server: RedisServer;
let gateway: RunningGateway;
const clients: UpstashRedis[] = [];

beforeAll(async () => {
  server = await startRedis();
  gateway = await startGateway(server.url);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await gateway.stop();
  await server.stop();
});

async function connect(): Promise<LeaseStore> {
  const { url, token } = gateway;
  const client = new UpstashRedis({ url, token, timeoutMs: 5000, log: silentLog });
  clients.push(client);
  await vi.waitFor(() => client.ping(), 10_000);
  return new RedisLeaseStore(client);
}

/** Claims on every announcement, and on nothing else, until it has the job. */
function claimWhenTold(worker: LeaseStore) {
  let sequence = 0;
  let onLease: ((at: number) => void) | undefined;
  const claims: Promise<void>[] = [];
  const claim = async () => {
    sequence += 1;
    const [lease] = await worker.claim({ worker: "w", sequence, leaseMs: 60_000, count: 1 });
    if (!lease) return;
    const at = performance.now();
    await worker.commit(lease, { meta: "", retainMs: 60_000 });
    onLease?.(at);
  };
  const unsubscribe = worker.subscribe(() => claims.push(claim()));
  const next = () =>
    new Promise<number>((resolve) => {
      onLease = resolve;
    });
  const stop = async () => {
    unsubscribe();
    await Promise.all(claims);
  };
  return { next, stop };
}

it("a job is claimed over REST moments after it was asked for", async () => {
  const orchestrator = await connect();
  const { next, stop } = claimWhenTold(await connect());
  const sample = async (id: string) => {
    const claimed = next();
    const askedAt = performance.now();
    await orchestrator.request([aRequest(id)]);
    return (await claimed) - askedAt;
  };
  // The first may have been asked for before the subscription stood, which is told of itself then.
  await sample("first");
  const samples: number[] = [];
  for (let k = 0; k < SAMPLES; k++) samples.push(await sample(`job ${k}`));
  await stop();
  samples.sort((a, b) => a - b);
  const percentile = (part: number) => samples[Math.ceil(part * SAMPLES) - 1]!;
  const [p50, p99] = [percentile(0.5), percentile(0.99)];
  console.log(
    `wake-up through REST, request → claim granted: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (target: p99 ≤ ${TARGET_MS} ms)`,
  );
  expect(p99).toBeLessThan(FAULT_MS);
});
