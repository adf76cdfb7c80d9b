import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { TcpRedis } from "../../shared/node/tcp-redis.ts";
import { shardKeys } from "../../shared/redis/keys.ts";
import { RedisLeaseStore } from "../../shared/redis/redis-lease-store.ts";
import { draw, drawSeed } from "../support/draw.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { breakScript, brokenScripts, otherScripts } from "./broken-scripts.ts";
import type { Mishap } from "./history-steps.ts";
import { type HistorySubject, playHistories } from "./lease-store.histories.ts";
import { TwinStore } from "./twin-store.ts";
import { type Mutation, VirtualRedis } from "./virtual-redis.ts";

const START = 1_700_000_000_000;
const NUM_RUNS = Number(process.env.HISTORIES ?? 1000);
const LANES = 40;

let server: RedisServer;
let admin: Redis;
let redis: TcpRedis;
let spaces = 0;
let compared = 0;

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url, { enableAutoPipelining: true });
  redis = new TcpRedis({ url: server.url, timeoutMs: 10_000, log: silentLog });
  await vi.waitFor(() => redis.ping(), 60_000);
});
afterAll(async () => {
  admin.disconnect();
  await redis.close();
  await server.stop();
});

/** A key space, and beside it the memory store as its model, if it shall have one; both with the same clock. */
async function create(mutate?: Mutation, isModelled = true): Promise<HistorySubject> {
  const clock = { now: START };
  spaces += 1;
  const port = new VirtualRedis(redis, { admin, space: `h${spaces}`, clock, mutate });
  const model = () => (isModelled ? new MemoryLeaseStore(() => clock.now) : undefined);
  const store = new TwinStore(new RedisLeaseStore(port), model());
  return {
    store,
    clock,
    listen: (listener) =>
      new Promise((resolve) => {
        // The first thing it hears is that it listens.
        const unsubscribe = store.subscribe((announcement) => {
          listener(announcement);
          resolve(() => unsubscribe());
        });
      }),
    async suffer(mishap: Mishap) {
      await port.suffer(mishap);
      if (mishap.kind === "flush") store.turnTo(model());
      // No memory store lives through these.
      if (["lose-tail", "evict", "clock-back"].includes(mishap.kind)) store.turnTo(undefined);
      return true;
    },
    keptKeys: async () => (await port.keptKeys()).filter((key) => key !== shardKeys(0)[3]),
    async close() {
      compared += store.compared;
      await port.close();
    },
  };
}

describe(`the scripts in Redis, with DRAW_SEED=${drawSeed},`, () => {
  it("lose no job, let no stale token through and do as the memory store does, in random histories", async () => {
    const began = performance.now();
    const tally = await playHistories(() => create(), {
      numRuns: NUM_RUNS,
      seed: 20_261_122,
      lanes: LANES,
      shrink: true,
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`lease scripts: ${tally}; ${compared} outcomes as in the model (${seconds} s)`);
  }, 600_000);

  // The histories prove something only if they find out what is wrong.
  const untilFound = { numRuns: 8000, seed: 5, lanes: LANES, shrink: false };

  it.each(draw(brokenScripts, 10))("are found out when $fault", async (broken) => {
    const found = playHistories(() => create(breakScript(broken), false), untilFound);
    await expect(found).rejects.toMatchObject({
      cause: { message: expect.stringMatching(broken.objection) },
    });
  });

  it.each(draw(otherScripts, 3))("are not what the model is when $fault", async (broken) => {
    const found = playHistories(() => create(breakScript(broken)), untilFound);
    await expect(found).rejects.toMatchObject({
      cause: { message: expect.stringMatching(broken.objection) },
    });
  });
});
