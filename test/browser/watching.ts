import type { Page } from "playwright-core";
import { expect } from "vitest";
import { strip, stripCells } from "../support/frame-marks.ts";

/** Encoders may have two busy cores for everything: a wait longer than this is a failure, not slowness. */
export const PATIENCE_MS = 60_000;
export const PATIENTLY = { timeout: PATIENCE_MS, interval: 100 } as const;

/** What the video element says of itself. */
export interface VideoState {
  readonly state: string;
  readonly level: string | undefined;
  readonly time: number;
  readonly duration: number;
  readonly ended: boolean;
  readonly seeking: boolean;
  readonly width: number;
  readonly height: number;
  readonly error: string | undefined;
  readonly buffered: readonly (readonly [start: number, end: number])[];
  readonly dropped: number;
  readonly frames: number;
}

export function readVideo(page: Page): Promise<VideoState> {
  return page.evaluate(() => {
    const video = document.querySelector("video")!;
    const { buffered } = video;
    const { droppedVideoFrames: dropped, totalVideoFrames: frames } = video.getVideoPlaybackQuality();
    return {
      state: video.dataset.state ?? "",
      level: video.dataset.level,
      time: video.currentTime,
      duration: video.duration,
      ended: video.ended,
      seeking: video.seeking,
      width: video.videoWidth,
      height: video.videoHeight,
      error: video.error?.message,
      buffered: Array.from(
        { length: buffered.length },
        (_, k) => [buffered.start(k), buffered.end(k)] as const,
      ),
      dropped,
      frames,
    };
  });
}

/** Clicks a title's card and waits until it plays: the milliseconds from the click to the first picture. */
export async function clickTitle(page: Page, name: string): Promise<number> {
  await page.evaluate(() => {
    addEventListener("click", () => performance.mark("click"), { capture: true, once: true });
    addEventListener("playing", () => performance.mark("playing"), { capture: true, once: true });
  });
  await page
    .locator("#library .card")
    .filter({ has: page.getByText(name, { exact: true }) })
    .click();
  await awaitPlaying(page);
  return page.evaluate(() => performance.measure("wait", "click", "playing").duration);
}

/** What the settings of the player offer to choose from. */
export type PlayerMenu = "quality" | "audio" | "subtitles" | "speed";

const choicesIn = (menu: PlayerMenu) => `#${menu} media-chrome-menu-item`;

/** The words of a menu, from above, whether it is open or not. */
export async function readChoices(page: Page, menu: PlayerMenu): Promise<readonly string[]> {
  const words = await page.locator(choicesIn(menu)).allTextContents();
  return words.map((each) => each.trim());
}

/** Chooses what begins with `words` as a viewer does: settings, menu, choice. */
export async function choose(page: Page, menu: PlayerMenu, words: string): Promise<void> {
  const index = (await readChoices(page, menu)).findIndex((each) => each.startsWith(words));
  await page.locator("#controller").hover({ position: { x: 40, y: 40 } });
  await page.locator("media-settings-menu-button").click();
  await page
    .locator("media-settings-menu-item")
    .filter({ has: page.locator(`#${menu}`) })
    .click();
  await page.locator(choicesIn(menu)).nth(index).click();
  // The choice closes its menu; the settings stay until they are left.
  await page.keyboard.press("Escape");
}

/** Waits until the picture moves on from where it is now, or from `from` seconds. */
export async function awaitPlaying(page: Page, from = 0): Promise<void> {
  await expect.poll(() => readVideo(page), PATIENTLY).toMatchObject({ state: "playing", seeking: false });
  // The state is the page's; the time shows that it is true.
  await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeGreaterThan(from + 0.25);
}

/** Waits for the end, and that the page knows of it. */
export async function awaitEnd(page: Page): Promise<void> {
  await expect
    .poll(() => readVideo(page), { ...PATIENTLY, timeout: 2 * PATIENCE_MS })
    .toMatchObject({ ended: true, state: "paused" });
}

/** Seeks as the controls do, and waits until it plays on from there. */
export async function seekWhilePlaying(page: Page, seconds: number): Promise<void> {
  await page.evaluate((seconds) => {
    document.querySelector("video")!.currentTime = seconds;
  }, seconds);
  await awaitPlaying(page, seconds);
}

/** Stops at an instant and reads the number of the frame that is shown there. */
export async function readShownFrame(page: Page, seconds: number): Promise<number> {
  return page.evaluate(
    async ({ seconds, strip, stripCells, patienceMs }) => {
      const video = document.querySelector("video")!;
      video.pause();
      const presented = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const sought = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      video.currentTime = seconds;
      await Promise.race([sought, wait(patienceMs)]);
      if (video.seeking) throw new Error(`no picture at ${seconds} s within ${patienceMs} ms`);
      // A busy machine may compose the page without the new picture, and then nobody is told of it.
      await Promise.race([presented, wait(1000)]);
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      const context = canvas.getContext("2d")!;
      context.drawImage(video, 0, 0);
      const y = canvas.height * (strip.y + strip.height / 2);
      const step = (canvas.width * strip.width) / stripCells;
      const bits = Array.from({ length: stripCells }, (_, bit) => {
        const [red = 0] = context.getImageData((bit + 0.5) * step, y, 1, 1).data;
        return red > 125 ? 1 << bit : 0;
      });
      return bits.reduce((number, bit) => number | bit, 0);
    },
    { seconds, strip, stripCells, patienceMs: PATIENCE_MS },
  );
}
