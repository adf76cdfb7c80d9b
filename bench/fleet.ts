import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { LeaseStore } from "../shared/lease/lease-store.ts";
import { silentLog } from "../shared/log.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { Wake } from "../shared/wake.ts";
import { LeaseKeeper } from "../worker/lease-keeper.ts";
import { exampleJobs } from "./example-jobs.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { connectTcp, startRedis } from "./redis-process.ts";

/** As long as a segment of 720p takes. */
const ENCODE_MS = 1000;
const JOBS_PER_WORKER = 5;
const LEASE = { leaseMs: 3000, renewMs: 1000, log: silentLog };

/**
 * Fleets whose workers wait where others encode. Each has connections of its own, listens, claims, renews and
 * commits as a worker does; all are in this process.
 */
export async function fleetFigures({ smoke }: Extent): Promise<Figure[]> {
  const redis = await startRedis();
  try {
    const encodeMs = smoke ? 100 : ENCODE_MS;
    const throughput = (workers: number) => () => fleetThroughput(redis.url, workers, encodeMs);
    const sizes = smoke ? { one: 1, some: 8, many: 32 } : { one: 1, some: 64, many: 256 };
    const { one, some, many } = await interleave(smoke ? 1 : 5, {
      one: throughput(sizes.one),
      some: throughput(sizes.some),
      many: throughput(sizes.many),
    });
    const figure = (workers: string, size: number, values: number[], target: number): Figure => ({
      name: `simulated fleet of ${workers} workers`,
      unit: "jobs/s",
      ours: values,
      anchor: one.map((value) => value * size),
      target,
      moreIsBetter: true,
      anchorName: "one worker, so many times over",
    });
    return [figure("64", sizes.some, some, 0.95), figure("256", sizes.many, many, 0.85)];
  } finally {
    await redis.stop();
  }
}

/** Jobs a second, from the first request to the last commit. */
async function fleetThroughput(url: string, workers: number, encodeMs: number): Promise<number> {
  const connections = await Promise.all(Array.from({ length: workers }, () => connectTcp(url)));
  const desk = await connectTcp(url);
  const stop = new AbortController();
  setMaxListeners(workers, stop.signal);
  let left = workers * JOBS_PER_WORKER;
  const jobs = left;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const onDone = () => {
    left -= 1;
    if (left === 0) finish();
  };
  const fleet = connections.map((connection) =>
    simulateWorker(new RedisLeaseStore(connection, { audience: "workers" }), encodeMs, onDone, stop.signal),
  );
  try {
    // Everybody is connected, listens and has found nothing.
    await sleep(500);
    const begun = performance.now();
    const store = new RedisLeaseStore(desk);
    // A run of its own has ids of its own: what is done is remembered.
    const first = Math.floor(Math.random() * 1e9);
    for (let asked = 0; asked < jobs; asked += 100) {
      await store.request(exampleJobs(Math.min(100, jobs - asked), first + asked));
    }
    await finished;
    return (jobs * 1000) / (performance.now() - begun);
  } finally {
    stop.abort();
    await Promise.all(fleet);
    await Promise.all([desk, ...connections].map((connection) => connection.close()));
  }
}

async function simulateWorker(
  store: LeaseStore,
  encodeMs: number,
  onDone: () => void,
  signal: AbortSignal,
): Promise<void> {
  const wake = new Wake();
  const keeper = new LeaseKeeper(store, LEASE);
  const worker = randomUUID();
  let busy = false;
  const unsubscribe = store.subscribe(({ kind }) => {
    if (!busy && (kind === "connected" || kind === "queued")) wake.notify();
  });
  signal.addEventListener("abort", () => wake.notify(), { once: true });
  for (let sequence = 1; !signal.aborted; sequence++) {
    const claimedAt = performance.now();
    const claimed = await store.claim({ worker, sequence, leaseMs: LEASE.leaseMs, count: 1 }).catch(() => []);
    const [lease] = claimed;
    if (!lease) {
      await wake.wait(5000);
      continue;
    }
    busy = true;
    keeper.keep(lease, claimedAt);
    await sleep(encodeMs);
    await store.commit(lease, { meta: "", retainMs: 15_000 });
    keeper.drop(lease);
    busy = false;
    onDone();
  }
  unsubscribe();
}
