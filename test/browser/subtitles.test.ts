import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSubtitledFilms, type SubtitledFilms } from "../subtitles/films-with-subtitles.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { PATIENTLY, readVideo } from "./watching.ts";

let films: SubtitledFilms;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  films = await makeSubtitledFilms();
  server = await startServer(films.dir);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await films?.remove();
});

/** Switches a track on, as a player's menu does. */
async function showSubtitles(page: Page, label: string): Promise<void> {
  const hasTrack = (label: string) =>
    [...document.querySelector("video")!.textTracks].some((track) => track.label === label);
  await page.waitForFunction(hasTrack, label);
  await page.evaluate((label) => {
    for (const track of document.querySelector("video")!.textTracks)
      if (track.label === label) track.mode = "showing";
  }, label);
}

/** Start and text of the cues of the track that is shown: all of them, or those that stand on the picture now. */
function readCues(page: Page, which: "cues" | "activeCues"): Promise<(readonly [number, string])[]> {
  return page.evaluate((which) => {
    const shown = [...document.querySelector("video")!.textTracks].find(({ mode }) => mode === "showing");
    return Array.from(shown?.[which] ?? [], (cue) => [cue.startTime, (cue as VTTCue).text] as const);
  }, which);
}

test("subtitles stand on the picture at their times, after a seek too", async () => {
  const { page, troubles } = await openPage(browser, server.url);
  await openBareHlsPage(page, server.url, "/hls/film.mkv/master.m3u8");
  await showSubtitles(page, "English");
  // Whatever is shown is shown two frames late, to leave room for B-frames: subtitles, too.
  const late = 2 / 25;
  const times = async () => (await readCues(page, "cues")).map(([start]) => Math.round(start * 1000));
  await expect
    .poll(times, PATIENTLY)
    .toEqual([0.5, 1.234, 5].map((start) => Math.round((start + late) * 1000)));
  for (const [seconds, text] of [
    [5.2, "Up here é"],
    [0.6, "Hello <i>there</i>,\nyou &amp; &lt;3"],
    [4.5, "Over two borders"],
    [4.8, undefined],
  ] as const) {
    await page.evaluate((seconds) => {
      document.querySelector("video")!.currentTime = seconds;
    }, seconds + late);
    await expect.poll(async () => (await readVideo(page)).seeking, PATIENTLY).toBe(false);
    const texts = async () => (await readCues(page, "activeCues")).map(([, each]) => each);
    await expect.poll(texts, PATIENTLY).toEqual(text === undefined ? [] : [text]);
  }
  // A seek takes back what is under way.
  const errors = await page.evaluate(() => hlsReport.errors);
  expect(errors.filter((error) => !error.startsWith("networkError aborted false"))).toEqual([]);
  expect(troubles).toEqual([]);
  await page.close();
});
