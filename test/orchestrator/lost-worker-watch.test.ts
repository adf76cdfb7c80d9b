import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { watchForLostWorkers } from "../../orchestrator/fleet/lost-worker-watch.ts";
import type { WebhookEvent } from "../../shared/api/webhook-event.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { FileRecords } from "../../shared/node/file-records.ts";

const NOW = 1_700_000_000_000;
const TIMING = { lookMs: 5, confirmMs: 5 };
const AWAY = "away";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seamline-lost-"));
});
afterAll(() => rm(root, { recursive: true }));

/** Looks as often as there is something to see: when the one worker was seen last, or that nobody can tell. */
async function watch(seenAgoMs: readonly (number | typeof AWAY)[], folder: string): Promise<WebhookEvent[]> {
  const told: WebhookEvent[] = [];
  const over = new AbortController();
  const looks = [...seenAgoMs];
  const overview = async () => {
    const empty = await new MemoryLeaseStore().overview({ titles: [] });
    const agoMs = looks.shift();
    if (agoMs === undefined) over.abort();
    if (agoMs === undefined || agoMs === AWAY) throw new Error("away");
    const worker = { worker: "w1/1234", seenAt: NOW - agoMs, heardAt: NOW - agoMs, self: "" };
    return { ...empty, now: NOW, workers: [worker] };
  };
  const records = new FileRecords(root, folder);
  const notify = (event: WebhookEvent) => void told.push(event);
  await watchForLostWorkers({ store: { overview }, records, notify, log: silentLog }, over.signal, TIMING);
  return told;
}

it("tells of a loss that is seen twice, once, and anew when the worker came back and is lost again", async () => {
  const told = await watch([40_000, 40_000, 40_000, 0, 30_000, 30_000, 30_000], "twice");
  expect(told.map(({ data }) => data)).toEqual([
    { worker: "w1", lastSeenAt: new Date(NOW - 40_000).toISOString(), jobs: 0 },
    { worker: "w1", lastSeenAt: new Date(NOW - 30_000).toISOString(), jobs: 0 },
  ]);
});

it("tells of none that shows itself again, or that was last seen before the store was away", async () => {
  expect(await watch([40_000, 0, 40_000, AWAY, 40_000, 0], "not-lost")).toEqual([]);
});

it("leaves it to the orchestrator that tells first, also when another one starts later", async () => {
  const seen = [40_000, 40_000, 40_000];
  const told = await Promise.all([watch(seen, "shared"), watch(seen, "shared")]);
  expect(told.flat()).toHaveLength(1);
  expect(await watch(seen, "shared")).toEqual([]);
});
