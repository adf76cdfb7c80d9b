import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium } from "./chromium.ts";
import { PATIENCE_MS, PATIENTLY, readVideo } from "./watching.ts";

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({
    "bunny.mp4": await footage("bbb"),
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
