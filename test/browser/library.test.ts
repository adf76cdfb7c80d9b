import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HLSController } from "../../library/index.ts";
import { serveOlderRoutes } from "../library/older-routes.ts";
import { filmFolder } from "../library/short-film.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { openBareShakaPage } from "./bare-shaka-page.ts";
import { launchChromium } from "./chromium.ts";
import { PATIENTLY, readVideo } from "./watching.ts";

let folder: Awaited<ReturnType<typeof filmFolder>>;
let browser: Browser;

beforeAll(async () => {
  folder = await filmFolder();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await folder?.remove();
});

/** Plays the film from routes that say that all segments are MPEG-TS, and tells what the player reported. */
async function playedErrors(
  segmentExtension: "ts" | "m4s",
  open: (page: Page, serverUrl: string, playlist: string) => Promise<void>,
): Promise<readonly string[]> {
  const controller = new HLSController({ cacheDirectory: join(folder.dir, "cache"), segmentExtension });
  const server = await serveOlderRoutes(controller, folder.film);
  const page = await browser.newPage();
  try {
    await open(page, server.url, `${server.url}playlist.m3u8`);
    await page.waitForFunction(() => document.querySelector("video")!.buffered.length > 0);
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 4;
      return video.play();
    });
    await expect.poll(() => readVideo(page), PATIENTLY).toMatchObject({ ended: true });
    return await page.evaluate(() => (globalThis.hlsReport ?? globalThis.shakaReport).errors);
  } finally {
    await page.close();
    await server.stop();
    await controller.dispose();
  }
}

test("hls.js plays through routes of the older library, which say that segments are MPEG-TS", async () => {
  const errors = await playedErrors("ts", openBareHlsPage);
  // The first picture is shown two frames in: hls.js tells that it goes there.
  expect(errors.filter((error) => !error.includes("bufferSeekOverHole"))).toEqual([]);
});

test("Shaka Player plays where segments are called what they are", async () => {
  expect(await playedErrors("m4s", openBareShakaPage)).toEqual([]);
});
