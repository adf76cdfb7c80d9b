import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { clickTitle, PATIENTLY, readChoices, readVideo } from "./watching.ts";

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({ "surround.mkv": await footage("surround-ac3-mkv") });
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

test("a film with groups of sound plays in stereo, and shows each rung and each track once", async () => {
  const { page, troubles } = await openPage(browser, server.url);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url().split("/").at(-2)!));
  await clickTitle(page, "surround");
  const rungs = (await readChoices(page, "quality")).map((text) => Number.parseInt(text, 10));
  // Auto and the original have no number of lines in front.
  expect(rungs).toEqual([Number.NaN, Number.NaN, 360, 240]);
  expect(await readChoices(page, "audio")).toHaveLength(1);
  await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeGreaterThan(2);
  expect((await readVideo(page)).error).toBeUndefined();
  expect(asked).toContain("a0");
  expect(asked.filter((rendition) => /^[md]/.test(rendition))).toEqual([]);
  expect(troubles).toEqual([]);
  await page.close();
});
