import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { footage } from "../support/footage.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { Chaos } from "./chaos.ts";
import { ContainerFleet, withLoneServer } from "./container-fleet.ts";
import { playThrough } from "./viewer.ts";

const SEED = Number(process.env.CHAOS_SEED ?? 20_261_124);
/** Processes to kill; the soak asks for more. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 10);
const RENDITIONS = ["v480", "a0", "v240"];
const VIEWERS = 3;
const DEADLINE_MS = 120_000 + KILLS * 20_000;

let mediaDir: string;
let fleet: ContainerFleet;
/** SHA-256 of each segment as an undisturbed container makes it, by rendition. */
const undisturbed = new Map<string, readonly string[]>();

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  // Containers run as another user.
  await chmod(mediaDir, 0o755);
  // The same film under many names: each is a title of its own with the same bytes in it.
  const film = await footage("film-24000-1001-bframes");
  for (let copy = 0; copy < KILLS; copy++) await copyFile(film, join(mediaDir, `film-${copy}.mp4`));
  await withLoneServer(mediaDir, async (url) => {
    for (const rendition of RENDITIONS)
      undisturbed.set(rendition, await playThrough(url, "film-0.mp4", rendition));
  });
  // A job that costs three workers their lives would be given up, as it should be.
  const environment = { MAX_ATTEMPTS: "1000" };
  fleet = await ContainerFleet.start({ mediaDir, gateways: 2, environment });
  await fleet.addWorkers("w1", "w2", "w3", "w4");
});
afterAll(async () => {
  await fleet?.stop();
  await rm(mediaDir, { recursive: true, force: true });
});

test(`viewers see no error and every byte is right while ${KILLS} processes are killed around them`, {
  timeout: DEADLINE_MS,
}, async () => {
  const chaos = new Chaos(fleet, randomNumbers(SEED));
  const commits = new Map<string, number>();
  const stopHearing = await fleet.leases.onCommit((id) => {
    // A probe's answer is good for two seconds; after that it is asked for again.
    if (id.startsWith("probe/")) return;
    const key = `${chaos.life} ${id}`;
    commits.set(key, (commits.get(key) ?? 0) + 1);
  });
  let isOver = false;
  let copy = 0;
  let segments = 0;
  const watch = async () => {
    while (!isOver) {
      const film = `film-${copy++}.mp4`;
      for (const rendition of RENDITIONS) {
        if (isOver) return;
        const hashes = await playThrough(fleet.url(), film, rendition, async () => {
          segments += 1;
        });
        expect(hashes, `${film} ${rendition}`).toEqual(undisturbed.get(rendition));
      }
    }
  };
  const begun = performance.now();
  const viewers = Promise.all(Array.from({ length: VIEWERS }, watch));
  const strikes = (async () => {
    while (chaos.kills < KILLS && !isOver) await chaos.strike();
    isOver = true;
  })();
  await Promise.all([viewers, strikes]).finally(() => {
    isOver = true;
  });
  stopHearing();
  const minutes = (performance.now() - begun) / 60_000;

  await expectNothingLeftOver();
  const doubly = [...commits].filter(([, count]) => count > 1);
  expect(doubly, "committed more than once in one life of Redis").toEqual([]);
  expect(commits.size).toBeGreaterThan(KILLS / 2);
  console.log(
    `chaos, seed ${SEED}: ${chaos.kills} kills in ${minutes.toFixed(1)} min (${describe(chaos)}): ` +
      `${segments} segments served, 0 lost, ${commits.size} jobs committed, ${doubly.length} doubly`,
  );
});

/** No program works on when nobody watches, and what killed writers left is swept once it is old. */
async function expectNothingLeftOver(): Promise<void> {
  const programs = async () => {
    const all = await Promise.all(
      [...fleet.workers.values(), ...fleet.orchestrators].map((one) => one.programs()),
    );
    return all.flat().filter((program) => !program.startsWith("node "));
  };
  await expect.poll(programs, { timeout: 60_000 }).toEqual([]);
  await fleet.run("find", "/segments/tmp", "-type", "f", "-exec", "touch", "-d", "1 hour ago", "{}", "+");
  const [anyWorker] = fleet.workers.values();
  await anyWorker!.terminate();
  await anyWorker!.start();
  const temporary = () => fleet.run("find", "/segments/tmp", "-type", "f");
  await expect.poll(temporary, { timeout: 20_000 }).toBe("");
}

function describe({ counts }: Chaos): string {
  return [...counts].map(([mishap, count]) => `${mishap} ${count}`).join(", ");
}
