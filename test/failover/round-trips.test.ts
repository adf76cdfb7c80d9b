import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { footage } from "../support/footage.ts";
import { ContainerFleet } from "./container-fleet.ts";
import { FILM, playThrough } from "./viewer.ts";

let mediaDir: string;
let fleet: ContainerFleet | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  // Containers run as another user.
  await chmod(mediaDir, 0o755);
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, FILM));
  fleet = await ContainerFleet.start({ mediaDir, environment: { FALLBACK_TO_LOCAL: "false" } });
  await fleet.addWorkers("w1", "w2", "w3");
});
afterAll(async () => {
  await fleet?.stop();
  await rm(mediaDir, { recursive: true, force: true });
});

test("an undisturbed film costs few round trips to Redis", async () => {
  const { leases } = fleet!;
  const before = await leases.roundTrips();
  const done = await leases.counter("done");
  const segments = await playThrough(fleet!.url());
  expect(segments.length).toBeGreaterThan(14);
  const jobs = (await leases.counter("done")) - done;
  const roundTrips = (await leases.roundTrips()) - before;
  console.log(`Redis round trips per segment: ${(roundTrips / jobs).toFixed(1)} (target 6), ${jobs} jobs`);
  expect(await leases.counter("lapsed")).toBe(0);
  // Renewals and looks at the queue go by time: a machine with much else to do has come to 12.
  expect(roundTrips / jobs).toBeLessThan(20);
});
