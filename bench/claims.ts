import type { LeaseStore } from "../shared/lease/lease-store.ts";
import { silentLog } from "../shared/log.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { UpstashRedis } from "../shared/redis/upstash-redis.ts";
import { exampleJobs } from "./example-jobs.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { connected, connectTcp, startRedis } from "./redis-process.ts";
import { startGateway } from "./seamline-process.ts";

const WORKERS = 50;
const TOKEN = "a token for the bench only";
const TIMEOUT_MS = 10_000;

/** Jobs claimed and committed by many workers of one process that do nothing else. */
export async function claimFigures({ smoke }: Extent): Promise<Figure[]> {
  const redis = await startRedis();
  const gateway = await startGateway(redis.url, TOKEN);
  const tcp = await connectTcp(redis.url);
  const options = { url: gateway.url, token: TOKEN, timeoutMs: TIMEOUT_MS, log: silentLog };
  const rest = await connected(new UpstashRedis(options));
  try {
    const jobs = smoke ? 500 : 4000;
    const filler = new RedisLeaseStore(tcp);
    const measure = (store: LeaseStore) => async () => {
      await filler.request(exampleJobs(jobs));
      const begun = performance.now();
      await Promise.all(Array.from({ length: WORKERS }, (_, k) => workUntilEmpty(store, `worker ${k}`)));
      return (jobs * 1000) / (performance.now() - begun);
    };
    const measures = {
      ours: measure(new RedisLeaseStore(rest)),
      anchor: measure(new RedisLeaseStore(tcp)),
    };
    if (!smoke) await interleave(2, measures);
    const { ours, anchor } = await interleave(smoke ? 1 : 11, measures);
    const common = { unit: "jobs/s", ours, moreIsBetter: true } as const;
    return [
      {
        ...common,
        name: "claim + commit through REST, 50 workers",
        anchor,
        target: 0.7,
        anchorName: "the same over bare TCP",
      },
      { ...common, name: "claim + commit through REST, absolute", target: 3000, anchorName: "–" },
    ];
  } finally {
    await Promise.all([tcp.close(), rest.close()]);
    await gateway.stop();
    await redis.stop();
  }
}

async function workUntilEmpty(store: LeaseStore, name: string): Promise<void> {
  const worker = `${name} ${Math.random()}`;
  for (let sequence = 1; ; sequence++) {
    const [lease] = await store.claim({ worker, sequence, leaseMs: 60_000, count: 1 });
    if (!lease) return;
    await store.commit(lease, { meta: "", retainMs: 0 });
  }
}
