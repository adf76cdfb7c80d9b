import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { openBareHlsPage } from "../browser/bare-hls-page.ts";
import { openBareShakaPage } from "../browser/bare-shaka-page.ts";
import { readVideo } from "../browser/watching.ts";
import type { PlannedTitle } from "./planned-title.ts";

const players = {
  "hls.js": { open: openBareHlsPage, errors: (page: Page) => page.evaluate(() => hlsReport.errors) },
  "Shaka Player": {
    open: openBareShakaPage,
    errors: (page: Page) => page.evaluate(() => shakaReport.errors),
  },
} as const;

const PATIENCE_MS = 60_000;
/** Pictures are shown up to two frames later than the media's clock begins, and AAC ends within a frame. */
const DURATION_TOLERANCE = 0.3;

/** Plays a title in Chromium from its first segment to its last. */
export async function checkBrowser(
  player: keyof typeof players,
  browser: Browser,
  serverUrl: string,
  title: PlannedTitle,
): Promise<void> {
  const { open, errors } = players[player];
  const page = await browser.newPage();
  try {
    await open(page, serverUrl, title.playlist);
    // All of it first: what is looked at is the joints, not the patience of a buffer that runs dry.
    const buffered = await awaitInPage(page, title.commonSeconds);
    if (buffered) {
      await page.evaluate(() => {
        const video = document.querySelector("video")!;
        video.playbackRate = 4;
        // Where it can't begin, nobody would ever hear of it.
        void video.play();
      });
    }
    const ended = buffered && (await awaitInPage(page));
    expect((await errors(page)).join("; "), "errors").toBe("");
    const video = await readVideo(page);
    expect(video.error).toBe(undefined);
    const state = `at ${video.time} of ${video.duration} s, ranges ${JSON.stringify(video.buffered)}`;
    expect(buffered, `loads to the end within ${PATIENCE_MS / 1000} s, ${state}`).toBe(true);
    expect(ended, `plays to the end, ${state}`).toBe(true);
    expect(video.buffered.length, `ranges ${JSON.stringify(video.buffered)}`).toBe(1);
    expect(Math.abs(video.duration - title.seconds), state).toBeLessThan(DURATION_TOLERANCE);
    expect(video.width > 0, "shows a picture").toBe(title.frames !== undefined);
  } finally {
    await page.close();
  }
}

/**
 * Waits until a title is loaded up to `seconds`, or else until it has ended; false where an error is reported, or
 * nothing happens, before. (What goes on alone, picture or sound, counts as loaded when the other one is over.)
 */
async function awaitInPage(page: Page, seconds?: number): Promise<boolean> {
  const reached = await page
    .waitForFunction(
      (seconds) => {
        const video = document.querySelector("video")!;
        const { errors } = globalThis.hlsReport ?? globalThis.shakaReport;
        if (errors.length > 0 || video.error) return "failed";
        if (seconds === undefined) return video.ended && "reached";
        const { buffered } = video;
        const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
        return end > seconds - 0.05 && "reached";
      },
      seconds,
      { timeout: PATIENCE_MS, polling: 50 },
    )
    .then((handle) => handle.jsonValue())
    .catch(() => false);
  return reached === "reached";
}
