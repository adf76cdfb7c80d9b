import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { damagedFootage, footage } from "../support/footage.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium, openPage, type WatchedPage } from "./chromium.ts";
import {
  awaitEnd,
  awaitPlaying,
  choose,
  clickTitle,
  PATIENCE_MS,
  PATIENTLY,
  readChoices,
  readShownFrame,
  readVideo,
  seekWhilePlaying,
} from "./watching.ts";

const oddFolder = "Films d’été & co #1/100% 日本語?";

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeLibrary({
    [`${oddFolder}/Big Buck Bunny; "480p" <b>+é.mp4`]: await footage("bbb-480p"),
    "film.mp4": await footage("film-24000-1001-bframes"),
    "portrait.mp4": await footage("portrait-mp4"),
    "silent.mp4": await footage("video-only-mp4"),
    "sound.m4a": await footage("audio-only-m4a"),
    "letter.mp4": await damagedFootage("text"),
  });
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

/** Opens the product's page; nothing may have gone wrong in it by the end. */
async function onPage(use: (page: WatchedPage["page"]) => Promise<void>, path = ""): Promise<void> {
  const { page, troubles } = await openPage(browser, server.url + path);
  try {
    await use(page);
    expect(troubles).toEqual([]);
  } finally {
    await page.close();
  }
}

const bunny = 'Big Buck Bunny; "480p" <b>+é';

test("the library shows titles in sub-folders whatever their names", () =>
  onPage(async (page) => {
    await page.locator("html[data-state=library]").waitFor({ timeout: PATIENCE_MS });
    expect(await page.locator("#library .name").allTextContents()).toEqual([
      ...["film", "letter", "portrait", "silent", "sound"],
      bunny,
    ]);
    expect(await page.locator("#library .trail span:not(.separator)").allTextContents()).toEqual(
      oddFolder.split("/"),
    );
  }));

describe("a film", { timeout: 300_000 }, () => {
  test("plays from the click to its end, all in one buffered range", () =>
    onPage(async (page) => {
      const firstPictureMs = await clickTitle(page, bunny);
      await page.evaluate(() => {
        document.querySelector("video")!.playbackRate = 4;
      });
      await awaitEnd(page);
      const { buffered, duration, error, dropped, frames } = await readVideo(page);
      console.log(
        `first picture after ${Math.round(firstPictureMs)} ms; ${dropped} of ${frames} frames dropped at 4x`,
      );
      expect(error).toBeUndefined();
      expect(Math.abs(duration - 30)).toBeLessThan(0.15);
      expect(buffered).toHaveLength(1);
      const [[start, end]] = buffered as [[number, number]];
      expect(start).toBeLessThan(0.1);
      expect(duration - end).toBeLessThan(0.05);
    }));

  test("changes to each of its rungs while it plays", () =>
    onPage(
      async (page) => {
        await awaitPlaying(page);
        const rungs = (await readChoices(page, "quality")).map((text) => Number.parseInt(text, 10));
        // Auto and the original have no number of lines in front.
        expect(rungs).toEqual([Number.NaN, Number.NaN, 480, 360, 240]);
        // Up and down, to neighbours and from end to end.
        for (const lines of [240, 480, 360, 240, 360, 480]) {
          // A change may have to wait for two segments: the film is not long enough for all of them.
          if ((await readVideo(page)).time > 15) await seekWhilePlaying(page, 1);
          await choose(page, "quality", `${lines}p`);
          await expect
            .poll(() => readVideo(page), PATIENTLY)
            .toMatchObject({
              ...{ state: "playing", level: String(lines), height: lines, error: undefined },
              width: 2 * Math.round((lines * 16) / 9 / 2),
            });
        }
      },
      `#/watch/${[...oddFolder.split("/"), `${bunny}.mp4`].map(encodeURIComponent).join("/")}`,
    ));

  test("plays on after seeks in both directions, with the right picture", () =>
    onPage(async (page) => {
      await clickTitle(page, "film");
      for (const seconds of [40, 10, 58.5, 25, 0]) {
        await seekWhilePlaying(page, seconds);
        expect((await readVideo(page)).error).toBeUndefined();
      }
      // Decoders get their room to reorder before the first picture, which is thus not at zero.
      const [[start]] = (await readVideo(page)).buffered as [[number, number]];
      for (const frame of [0, 24, 95, 96, 720, 1438]) {
        const middle = ((frame + 0.5) * 1001) / 24000;
        expect(await readShownFrame(page, start + middle)).toBe(frame);
      }
    }));

  test("plays on after a seek while the init segment of another quality is on its way", () =>
    onPage(async (page) => {
      await clickTitle(page, "film");
      const smallest = "**/v240/init.mp4";
      let requests = 0;
      const sought = new Promise<void>((resolve) => {
        page.on("request", (request) => {
          if (request.url().endsWith("/v240/init.mp4") && ++requests === 2) resolve();
        });
      });
      // Under way until the seek has asked for it once more.
      await page.route(smallest, async (route) => {
        await sought;
        await route.continue();
      });
      const asked = page.waitForRequest(smallest);
      await choose(page, "quality", "240p");
      await asked;
      await seekWhilePlaying(page, 40);
      expect(await readVideo(page)).toMatchObject({ level: "240", error: undefined });
      expect(requests).toBe(2);
    }));
});

test("hls.js has nothing to complain of, from the first segment to the last", { timeout: 300_000 }, () =>
  onPage(async (page) => {
    await openBareHlsPage(page, server.url, "/hls/portrait.mp4/master.m3u8");
    // All of it first: what is measured is the joints, not the patience of a buffer that runs dry.
    const missing = async () => {
      const { buffered, duration } = await readVideo(page);
      return duration - (buffered.at(-1)?.[1] ?? 0);
    };
    await expect.poll(missing, PATIENTLY).toBeLessThan(0.05);
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 4;
      return video.play();
    });
    await expect.poll(() => readVideo(page), PATIENTLY).toMatchObject({ ended: true });
    expect((await readVideo(page)).buffered).toHaveLength(1);
    expect(await page.evaluate(() => hlsReport.errors)).toEqual([]);
  }),
);

test.each([
  { name: "sound", seconds: 30, width: 0, height: 0 },
  { name: "silent", seconds: 30, aspect: 16 / 9 },
  { name: "portrait", seconds: 20, aspect: 9 / 16 },
])("$name plays to its end", ({ name, seconds, aspect, ...size }) =>
  onPage(async (page) => {
    await clickTitle(page, name);
    const video = await readVideo(page);
    expect(video).toMatchObject(size);
    if (aspect) expect(video.width / video.height).toBeCloseTo(aspect, 1);
    await seekWhilePlaying(page, seconds - 4);
    await awaitEnd(page);
    expect((await readVideo(page)).error).toBeUndefined();
  }),
);

test("a title that is no film says so", async () => {
  const { page, troubles } = await openPage(browser, server.url);
  try {
    await page.locator("#library .card").filter({ hasText: "letter" }).click();
    const alert = page.locator("#failure [role=alert]");
    await alert.waitFor({ timeout: PATIENCE_MS });
    expect(await alert.locator("h2").textContent()).toBe("Not a film");
    expect(await alert.locator("p").allTextContents()).toEqual([
      "“letter.mp4” is no film or sound file that can be read.",
      "not-media · HTTP 415",
    ]);
    expect(await page.locator("video").getAttribute("data-state")).toBe("failed");
    // It is asked for once: what is no film doesn't become one.
    expect(troubles.filter((trouble) => trouble.startsWith("415"))).toHaveLength(1);
  } finally {
    await page.close();
  }
});
