import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import type { RedisPort } from "../shared/redis/redis-port.ts";
import type { RedisScript } from "../shared/redis/redis-script.ts";
import { exampleJobs } from "./example-jobs.ts";
import type { Extent, Figure } from "./figure.ts";
import { connectTcp, startRedis } from "./redis-process.ts";

/** Jobs that are asked for, claimed and committed together: what a fleet of 25 workers makes in a second. */
const BATCH = 25;
const BATCH_MS = 1000;
/** As workers have it remembered. */
const RETAIN_MS = 15_000;

/** What a Redis holds after very many segments, against the same one after few. */
export async function redisMemoryFigures({ smoke }: Extent): Promise<Figure[]> {
  const server = await startRedis();
  const tcp = await connectTcp(server.url);
  const admin = new Redis(server.url);
  try {
    const clock = { ms: Date.now() };
    const store = new RedisLeaseStore(onClock(tcp, clock));
    const make = async (from: number, to: number) => {
      for (let first = from; first < to; first += BATCH) {
        await store.request(exampleJobs(BATCH, first));
        const leases = await store.claim({ worker: "w", sequence: first, leaseMs: 3000, count: BATCH });
        await Promise.all(leases.map((lease) => store.commit(lease, { meta: "", retainMs: RETAIN_MS })));
        if (leases.length < BATCH) throw new Error(`only ${leases.length} of ${BATCH} jobs were leased`);
        clock.ms += BATCH_MS;
      }
    };
    const [few, many] = smoke ? [1000, 5000] : [1000, 1_000_000];
    await make(0, few);
    const anchor = await usedBytes(admin);
    await make(few, many);
    const ours = await usedBytes(admin);
    return [
      {
        name: "Redis memory after 1 M segments made",
        unit: "kB",
        ours: [ours / 1000],
        anchor: [anchor / 1000],
        target: 1.1,
        anchorName: "after 1 k, in the same server",
      },
    ];
  } finally {
    admin.disconnect();
    await tcp.close();
    await server.stop();
  }
}

async function usedBytes(redis: Redis): Promise<number> {
  await redis.memory("PURGE");
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))![1]);
}

const TIME = "redis.call('TIME')";
const OWN_TIME =
  "(function(ms) return { math.floor(ms / 1000), ms % 1000 * 1000 } end)(tonumber(string.match(KEYS[#KEYS], '%d+$')))";

/** The real scripts, but for where they get the time from: it comes along as the last key. */
function onClock(redis: RedisPort, clock: { ms: number }): RedisPort {
  const scripts = new Map<string, RedisScript>();
  const timed = ({ name, source }: RedisScript): RedisScript => {
    const text = source.replace(TIME, () => OWN_TIME);
    return { name, source: text, sha1: createHash("sha1").update(text).digest("hex") };
  };
  return {
    evaluate(script, keys, args, signal) {
      const own = scripts.get(script.name) ?? timed(script);
      scripts.set(script.name, own);
      return redis.evaluate(own, [...keys, `${clock.ms}`], args, signal);
    },
    subscribe: (...args) => redis.subscribe(...args),
    ping: (signal) => redis.ping(signal),
    close: () => redis.close(),
  };
}
