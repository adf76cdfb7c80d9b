import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startServer } from "../support/embedded-server.ts";
import type { FfmpegInPath } from "../support/ffmpeg-in-path.ts";
import { footage } from "../support/footage.ts";
import { childrenOf, isRunning } from "../support/processes.ts";
import type { ServerProcess } from "../support/server-process.ts";
import { fakeFfmpeg } from "./fake-ffmpeg.ts";
import { Fleet } from "./fleet.ts";
import { isSegment } from "./lease-view.ts";
import { FILM, fetchSegment, playThrough, RUNG, segmentUrls } from "./viewer.ts";

const FLEET_ONLY = { FALLBACK_TO_LOCAL: "false" };
/** No lease runs out here, and none is found to be lost by renewing it. */
const FOR_LONG = { ...FLEET_ONLY, LEASE_TTL_MS: "300000", LEASE_RENEW_MS: "150000" };
const COMMITTED = { msg: "job done", outcome: "committed" };

let mediaDir: string;
let undisturbed: readonly string[];
let fleet: Fleet;
let fake: FfmpegInPath | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, FILM));
  const server = await startServer(mediaDir);
  undisturbed = await playThrough(server.url);
  await server.stop();
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));
afterEach(async () => {
  await fleet.stop();
  await fake?.remove();
  fake = undefined;
});

/** Two workers, and a viewer who waits for what the first one holds and does not get done. */
async function straggle(environment: Readonly<Record<string, string>>, index: number) {
  fleet = await Fleet.start(mediaDir, environment);
  // Its first encode alone.
  fake = await fakeFfmpeg({ [FILM]: 'mkdir "$(dirname "$0")/once" 2>/dev/null && exec sleep 300' });
  const slow = await fleet.addWorker("slow", { PATH: fake.path, LOG_LEVEL: "debug" });
  const urls = await segmentUrls(fleet.url);
  const askedAt = performance.now();
  const waiting = fetchSegment(urls[index]!).then((hash) => ({ hash, ms: performance.now() - askedAt }));
  const { worker } = await fleet.leases.waitForHolder(isSegment(RUNG, index));
  expect(worker).toBe("slow");
  const other = await fleet.addWorker("other", { LOG_LEVEL: "debug" });
  return { slow, other, urls, waiting };
}

/** What a worker says that became of its attempt at a segment. */
function outcomes({ log }: ServerProcess, index: number) {
  const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ends = lines.filter(({ msg }) => msg === "job done" || msg === "lease lost" || msg === "job failed");
  return ends.filter(({ job }) => String(job).endsWith(`/${RUNG}/${index}+1`));
}

test("the worker that holds the awaited segment stands still: another serves it, long before the lease runs out", async () => {
  const { slow, other, urls, waiting } = await straggle(FOR_LONG, 8);
  process.kill(slow.pid, "SIGSTOP");
  const { hash, ms } = await waiting;
  expect(hash).toBe(undisturbed[8]);
  console.log(`request → served by the second worker: ${Math.round(ms)} ms (lease 300 s)`);
  await expect.poll(() => outcomes(other, 8), { timeout: 30_000 }).toMatchObject([COMMITTED]);
  expect(await fleet.leases.attempts(`/${RUNG}/8+1`)).toBe(1);
  process.kill(slow.pid, "SIGCONT");
  // It hears that it was outrun, and is none the worse for it.
  await expect.poll(() => outcomes(slow, 8), { timeout: 20_000 }).toMatchObject([{ msg: "lease lost" }]);
  await expect.poll(() => childrenOf(slow.pid), { timeout: 20_000 }).toEqual([]);
  expect(await fetchSegment(urls[8]!)).toBe(undisturbed[8]);
  expect(await playThrough(fleet.url)).toEqual(undisturbed);
});

test("a worker that renews its lease but is slow is outrun, and its encode ends at once", async () => {
  const { slow, other, waiting } = await straggle(FLEET_ONLY, 8);
  const [encode] = await childrenOf(slow.pid);
  const { hash, ms } = await waiting;
  expect(hash).toBe(undisturbed[8]);
  console.log(`request → served by the second worker: ${Math.round(ms)} ms (the first one renews)`);
  await expect.poll(() => outcomes(other, 8), { timeout: 30_000 }).toMatchObject([COMMITTED]);
  await expect.poll(() => outcomes(slow, 8), { timeout: 20_000 }).toMatchObject([{ msg: "lease lost" }]);
  await expect.poll(() => isRunning(encode!), { timeout: 30_000 }).toBe(false);
});

test("a holder that goes on in time commits, and the second attempt ends at once", async () => {
  fleet = await Fleet.start(mediaDir, FOR_LONG);
  const holder = await fleet.addWorker("holder", { LOG_LEVEL: "debug" });
  const waiting = fetchSegment((await segmentUrls(fleet.url))[8]!);
  await fleet.leases.waitForHolder(isSegment(RUNG, 8));
  process.kill(holder.pid, "SIGSTOP");
  fake = await fakeFfmpeg({ [FILM]: "exec sleep 300" });
  const second = await fleet.addWorker("second", { PATH: fake.path, LOG_LEVEL: "debug" });
  await expect.poll(() => childrenOf(second.pid), { timeout: 20_000 }).toHaveLength(1);
  const [encode] = await childrenOf(second.pid);
  process.kill(holder.pid, "SIGCONT");
  expect(await waiting).toBe(undisturbed[8]);
  await expect.poll(() => outcomes(second, 8), { timeout: 30_000 }).toMatchObject([{ msg: "lease lost" }]);
  // By now it may have begun with what the viewer needs next.
  await expect.poll(() => isRunning(encode!), { timeout: 30_000 }).toBe(false);
  await expect.poll(() => outcomes(holder, 8), { timeout: 30_000 }).toMatchObject([COMMITTED]);
});
