import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { awaitPlaying, clickTitle, PATIENTLY, readVideo, seekWhilePlaying } from "./watching.ts";

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({
    "bunny.mp4": await footage("bbb"),
  });
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

/** Pictures that hls.js may skip at a change in mid-GOP, seconds; it goes over what is shorter than this by itself. */
const LONGEST_HOLE_S = 0.15;

test("a film plays on through changes between the original and every rung, with at most three pictures missing", {
  timeout: 300_000,
}, async () => {
  // On a busy machine the first playlist comes before somebody has looked into the original.
  const master = async () => (await fetch(`${server.url}hls/bunny.mp4/master.m3u8`)).text();
  await expect.poll(master, PATIENTLY).toContain("/o0/");
  const { page, troubles } = await openPage(browser, server.url);
  await clickTitle(page, "bunny");
  const [, original, ...rungs] = await page.locator("#quality option").allTextContents();
  expect(original).toMatch(/^Original/);
  for (const rung of rungs) {
    // A change may have to wait for a long segment: the film is not long enough for all of them.
    if ((await readVideo(page)).time > 15) await seekWhilePlaying(page, 1);
    await changeTo(page, "Original");
    await changeTo(page, rung.split(" ")[0]!);
  }
  expect(troubles).toEqual([]);
  await page.close();
});

/** Chooses a quality and waits until it plays. */
async function changeTo(page: Page, quality: string): Promise<void> {
  const options = await page.locator("#quality option").allTextContents();
  await page
    .locator("#quality")
    .selectOption({ index: options.findIndex((text) => text.startsWith(quality)) });
  const isPlaying = async () => {
    const texts = await page.locator("#quality option").allTextContents();
    return texts.some((text) => text.startsWith(quality) && text.endsWith("playing"));
  };
  await expect.poll(isPlaying, PATIENTLY).toBe(true);
  await awaitPlaying(page, (await readVideo(page)).time);
  const { buffered, error } = await readVideo(page);
  expect(error).toBeUndefined();
  const holes = buffered.slice(1).map(([start], k) => start - buffered[k]![1]);
  expect(Math.max(0, ...holes), `after a change to ${quality}`).toBeLessThan(LONGEST_HOLE_S);
}
