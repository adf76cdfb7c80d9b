import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { awaitEnd, clickTitle, PATIENCE_MS, PATIENTLY, readVideo } from "./watching.ts";

const FILM = "film-24000-1001-bframes";
const FRAMES = 1439;
/** On a busy machine a look at the keyframes may come too late for the first playlist, which all get from then on. */
const TRIES = ["film 1", "film 2", "film 3", "film 4"];

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({
    "bunny.mp4": await footage("bbb"),
    ...Object.fromEntries(await Promise.all(TRIES.map(async (name) => [`${name}.mp4`, await footage(FILM)]))),
    "open.mkv": await footage("open-gop-mkv"),
    "uneven.mp4": await footage("vfr-mp4"),
  });
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

test.each(["bunny.mp4", "open.mkv", "uneven.mp4"])(
  "the original of %s plays to its end in one buffered range",
  { timeout: 300_000 },
  async (name) => {
    const page = await browser.newPage();
    await openBareHlsPage(page, server.url, `/hls/${name}/original.m3u8`);
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 4;
      return video.play();
    });
    const hasEnded = async () => (await readVideo(page)).ended;
    await expect.poll(hasEnded, { ...PATIENTLY, timeout: 2 * PATIENCE_MS }).toBe(true);
    const { buffered, error } = await readVideo(page);
    expect(error).toBeUndefined();
    expect(buffered).toHaveLength(1);
    await page.close();
  },
);

test("a film plays on through changes between the original and every rung, and shows each of its frames", {
  timeout: 300_000,
}, async () => {
  const name = await findWithOriginal();
  const { page, troubles } = await openPage(browser, server.url);
  await clickTitle(page, name);
  const [, original, ...rungs] = await page.locator("#quality option").allTextContents();
  expect(original).toMatch(/^Original/);
  expect(rungs).toHaveLength(4);
  for (const rung of rungs) {
    await changeTo(page, "Original");
    await changeTo(page, rung.split(" ")[0]!);
  }
  await page.evaluate(() => {
    document.querySelector("video")!.playbackRate = 4;
  });
  await awaitEnd(page);
  const { buffered, error, frames } = await readVideo(page);
  expect(error).toBeUndefined();
  expect(buffered).toHaveLength(1);
  console.log(await page.evaluate(() => JSON.stringify(performance.getEntriesByType('resource').map(r => r.name.split('/').slice(-2).join('/')))));
  expect(frames).toBe(FRAMES);
  expect(troubles).toEqual([]);
  await page.close();
});

async function findWithOriginal(): Promise<string> {
  for (const name of TRIES) {
    const master = await fetch(`${server.url}hls/${encodeURIComponent(`${name}.mp4`)}/master.m3u8`);
    if ((await master.text()).includes("/o0/")) return name;
  }
  throw new Error("No look at the keyframes was in time.");
}

/** Chooses a quality and waits until it plays, without a hole in what is buffered. */
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
  const ranges = async () => (await readVideo(page)).buffered.length;
  console.log(quality, (await readVideo(page)).time, JSON.stringify((await readVideo(page)).buffered));
  // What was buffered of the quality before is replaced, and missing until then.
  await expect.poll(ranges, { ...PATIENTLY, message: `buffered ranges after a change to ${quality}` }).toBe(1);
}
