import { copyFile, link, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { footage } from "../support/footage.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { type ServerProcess, startProcess } from "../support/server-process.ts";
import { LiveMemory } from "./live-memory.ts";
import { Tally, watchAtRandom } from "./random-viewer.ts";
import { readVitals, type Vitals } from "./vitals.ts";

const SECONDS = Number(process.env.SOAK_SECONDS ?? 20);
const VIEWERS = Number(process.env.SOAK_VIEWERS ?? 10);
const SEED = Number(process.env.SOAK_SEED ?? 20_261_124);
/** Of each of the films: titles that nobody has seen before. Once all have been, segments come from storage alone. */
const COPIES = Math.ceil(Number(process.env.SOAK_COPIES ?? SECONDS / 20));
const SAMPLE_MS = 1000;
/** What may be kept more at the end than after a third, megabytes: titles and connections that are known by then. */
const FLAT_MB = 20;
/** All that it may have in memory at any time, garbage included, megabytes. */
const MOST_MB = 512;

let mediaDir: string;
let server: ServerProcess;
const liveMemory = new LiveMemory();
const films: string[] = [];

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-soak-"));
  for (const name of ["film-24000-1001-bframes", "surround-ac3-mkv", "late-audio-mp4"] as const) {
    const source = await footage(name);
    const first = `${name}-0${source.slice(source.lastIndexOf("."))}`;
    await copyFile(source, join(mediaDir, first));
    films.push(first);
    // Under another name it is another title, and cold.
    for (let copy = 1; copy < COPIES; copy++) {
      films.push(first.replace("-0.", `-${copy}.`));
      await link(join(mediaDir, first), join(mediaDir, films.at(-1)!));
    }
  }
  server = await startProcess(mediaDir, { environment: liveMemory.environment });
});
afterAll(async () => {
  await server?.stop();
  await liveMemory.close();
  await rm(mediaDir, { recursive: true, force: true });
});

test(`${VIEWERS} viewers at random for ${SECONDS} s: every answer is right, and the process stays as it was`, {
  timeout: SECONDS * 1000 + 180_000,
}, async () => {
  const before = await readVitals(server.pid);
  const tally = new Tally();
  const random = randomNumbers(SEED);
  const signal = AbortSignal.timeout(SECONDS * 1000);
  const crowd = { serverUrl: server.url, films, renditions: ["v240", "v360", "a0"], random, tally, signal };
  const samples: Vitals[] = [];
  const sampling = setInterval(async () => samples.push(await readVitals(server.pid)), SAMPLE_MS);
  const afterAThird = sleep((SECONDS * 1000) / 3).then(() => liveMemory.read(server.pid));
  await Promise.all(Array.from({ length: VIEWERS }, () => watchAtRandom(crowd)));
  clearInterval(sampling);

  await expect.poll(async () => (await readVitals(server.pid)).children, { timeout: 60_000 }).toBe(0);
  // Sockets that clients keep open are closed by the server when nothing comes for a while.
  const openFiles = async () => (await readVitals(server.pid)).openFiles;
  await expect.poll(openFiles, { timeout: 60_000 }).toBeLessThanOrEqual(before.openFiles + 5);
  const [kept, keptAtEnd] = [await afterAThird, await liveMemory.read(server.pid)];
  const most = Math.max(...samples.map(({ residentMb }) => residentMb));
  console.log(
    `soak, seed ${SEED}: ${tally.requests} requests, ${tally.segments} segments (${Math.round(tally.bytes / 1e6)} MB), ` +
      `${tally.aborted} broken off, ${tally.postponed} postponed, ${tally.wrong.length} answered wrongly; ` +
      `memory in use ${kept.toFixed(0)} → ${keptAtEnd.toFixed(0)} MB, taken at most ${most.toFixed(0)} MB, ` +
      `files ${before.openFiles} → at most ${Math.max(...samples.map((sample) => sample.openFiles))} → ${await openFiles()}, ` +
      `programs at most ${Math.max(...samples.map(({ children }) => children))} → 0`,
  );
  expect(tally.wrong).toEqual([]);
  expect(tally.segments).toBeGreaterThan(SECONDS / 4);
  expect(keptAtEnd - kept).toBeLessThan(FLAT_MB);
  expect(most).toBeLessThan(MOST_MB);
});
