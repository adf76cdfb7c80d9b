import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium } from "./chromium.ts";
import { PATIENCE_MS, PATIENTLY, readVideo } from "./watching.ts";

/** Loads each segment in turn from the original and from another rung, and says so. */
const ALTERNATE = `
  let turn = 0;
  globalThis.loadedLevels = [];
  const isOriginal = ({ uri }) => uri.includes("/o0/");
  const choose = () => {
    const original = hls.levels.findIndex(isOriginal);
    const rungs = hls.levels.flatMap((level, index) => (isOriginal(level) ? [] : [index]));
    hls.nextLoadLevel = turn % 2 === 0 ? original : rungs[(turn >> 1) % rungs.length];
    turn += 1;
  };
  hls.config.maxBufferLength = 120;
  hls.config.capLevelToPlayerSize = false;
  hls.on(Hls.Events.MANIFEST_PARSED, choose);
  hls.on(Hls.Events.FRAG_BUFFERED, (_, { frag }) => {
    if (frag.type !== "main" || frag.sn === "initSegment") return;
    loadedLevels.push(isOriginal(hls.levels[frag.level]) ? "original" : hls.levels[frag.level].height);
    choose();
  });
`;

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({
    "bunny.mp4": await footage("bbb"),
    "open.mkv": await footage("open-gop-mkv"),
    "film.mp4": await footage("film-24000-1001-bframes"),
  });
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

describe("switching between the original and every rung", { timeout: 300_000 }, () => {
  test.each(["bunny.mp4", "open.mkv", "film.mp4"])("leaves one buffered range of %s", async (name) => {
    const page = await browser.newPage();
    try {
      await openBareHlsPage(page, server.url, `${server.url}hls/${name}/master.m3u8`, ALTERNATE);
      await page.evaluate(() => document.querySelector("video")!.play());
      const isAllThere = async () => {
        const { buffered, duration } = await readVideo(page);
        return (buffered.at(-1)?.[1] ?? 0) > duration - 0.1;
      };
      await expect.poll(isAllThere, { ...PATIENTLY, timeout: 2 * PATIENCE_MS }).toBe(true);
      const loaded = await page.evaluate(
        () => (globalThis as unknown as { loadedLevels: unknown[] }).loadedLevels,
      );
      console.log(`${name}: ${loaded.join(", ")}`);
      expect(loaded).toContain("original");
      expect(new Set(loaded).size).toBeGreaterThan(2);
      // Through all the borders, as fast as it goes.
      await page.evaluate(() => {
        document.querySelector("video")!.playbackRate = 4;
      });
      const hasEnded = async () => (await readVideo(page)).ended;
      await expect.poll(hasEnded, { ...PATIENTLY, timeout: 2 * PATIENCE_MS }).toBe(true);
      const { buffered, error } = await readVideo(page);
      expect(error).toBeUndefined();
      expect(buffered).toHaveLength(1);
      expect(await page.evaluate(() => hlsReport.errors)).toEqual([]);
    } finally {
      await page.close();
    }
  });
});
