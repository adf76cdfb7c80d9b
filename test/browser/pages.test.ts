import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Library } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { DESKTOP, launchChromium, openPage, PHONE } from "./chromium.ts";
import { makeShowcase } from "./showcase.ts";
import {
  awaitPlaying,
  choose,
  clickTitle,
  PATIENCE_MS,
  PATIENTLY,
  readChoices,
  readVideo,
  seekWhilePlaying,
} from "./watching.ts";

const MEADOW = "A Morning in the Meadow";
const TO_MEADOW = `#/watch/${encodeURIComponent(`${MEADOW}.mkv`)}`;

let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  library = await makeShowcase();
  server = await startServer(library.dir);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await library?.remove();
});

/** Opens the page; nothing may have gone wrong in it by the end. */
async function onPage(path: string, use: (page: Page) => Promise<void>, options = DESKTOP): Promise<void> {
  const { page, troubles } = await openPage(browser, server.url + path, options);
  try {
    await use(page);
    expect(troubles).toEqual([]);
  } finally {
    await page.close();
  }
}

const readFact = (page: Page, name: "audio" | "subtitle" | "level") =>
  page.evaluate((name) => document.querySelector("video")!.dataset[name], name);

const readSpeed = (page: Page) => page.evaluate(() => document.querySelector("video")!.playbackRate);

/** Where on the page the seek bar is at a part of its length. */
async function pointOnSeekBar(page: Page, part: number): Promise<readonly [number, number]> {
  await page.locator("#controller").hover({ position: { x: 40, y: 40 } });
  const bar = (await page.locator("media-time-range").boundingBox())!;
  return [bar.x + 10 + (bar.width - 20) * part, bar.y + bar.height / 2];
}

test("a title is found by words of its name and folders, whatever their case and accents", () =>
  onPage("", async (page) => {
    await page.locator("html[data-state=library]").waitFor({ timeout: PATIENCE_MS });
    await page.keyboard.press("/");
    await page.keyboard.type("SERIES foret apple");
    expect(await page.locator("#library .card:visible .name").allTextContents()).toEqual(["2 · An Apple"]);
    expect(await page.locator("#count").textContent()).toBe("1 of 9 titles");
    await page.keyboard.type(" pear");
    await page.getByText("No title has that in its name or folder.").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.locator("#count").textContent()).toBe("9 titles");
  }));

test("posters and durations appear as films are looked into, also of those nobody has watched", () =>
  onPage("", async (page) => {
    const loaded = page.locator("#library .poster[data-loaded]");
    await expect.poll(() => loaded.count(), PATIENTLY).toBe(7);
    const durations = page.locator("#library .duration:visible");
    await expect.poll(() => durations.count(), PATIENTLY).toBe(8);
    const card = page.locator(".card", { hasText: MEADOW });
    expect(await card.locator(".duration").textContent()).toBe("0:30");
  }));

test("of many titles only those in view ask for posters, three at a time", async () => {
  const page = await browser.newPage(DESKTOP);
  const titles = Array.from({ length: 500 }, (_, k) => ({
    ...{ path: `${k}.mp4`, name: `Film ${k}`, durationMs: 1000 },
    ...{ hls: `/hls/${k}.mp4/master.m3u8`, description: `/hls/${k}.mp4/title.json` },
  }));
  await page.route("**/api/titles", (route) => route.fulfill({ json: { titles } }));
  const held: (() => Promise<void>)[] = [];
  let [underWay, most] = [0, 0];
  await page.route("**/poster.jpg", async (route) => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => {
      held.push(async () => resolve());
    });
    underWay--;
    const body = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"/>';
    await route.fulfill({ contentType: "image/svg+xml", body }).catch(() => undefined);
  });
  await page.goto(server.url);
  const loaded = page.locator(".poster[data-loaded]");
  const release = async () => {
    for (const resolve of held.splice(0)) await resolve();
    return loaded.count();
  };
  const inView = 16;
  await expect.poll(release, PATIENTLY).toBeGreaterThanOrEqual(inView);
  expect(await loaded.count()).toBeLessThan(40);
  await page.getByText("Film 499", { exact: true }).scrollIntoViewIfNeeded();
  await expect.poll(release, PATIENTLY).toBeGreaterThan(inView + 8);
  expect(await loaded.count()).toBeLessThan(80);
  expect(most).toBe(3);
  await page.close();
});

test("quality, sound, subtitles and speed are chosen in the settings while the film plays", () =>
  onPage("", async (page) => {
    await clickTitle(page, MEADOW);
    expect((await readChoices(page, "quality")).map((text) => text.split(" ")[0])).toEqual([
      ...["Auto", "Original", "720p", "480p", "360p", "240p"],
    ]);
    await choose(page, "quality", "240p");
    expect(await readChoices(page, "audio")).toEqual(["English", "French · Français"]);
    await choose(page, "audio", "French");
    await expect.poll(() => readFact(page, "audio"), PATIENTLY).toBe("Français");
    // The forced track is no choice.
    expect(await readChoices(page, "subtitles")).toEqual(["Off", "English", "French · Français"]);
    await choose(page, "subtitles", "French");
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("Français");
    const shown = () =>
      page.evaluate(() => {
        const track = [...document.querySelector("video")!.textTracks].find(({ mode }) => mode === "showing");
        return [track?.label, ...Array.from(track?.cues ?? [], (cue) => (cue as VTTCue).text)];
      });
    await expect.poll(shown, PATIENTLY).toContain("<i>Un matin dans la prairie.</i>");
    await choose(page, "speed", "1.5×");
    expect(await readSpeed(page)).toBe(1.5);
    await expect.poll(() => readFact(page, "level"), PATIENTLY).toBe("240");

    // All but the quality is the viewer's, and stays for the next film.
    await page.reload();
    await awaitPlaying(page);
    await expect.poll(() => readFact(page, "audio"), PATIENTLY).toBe("Français");
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("Français");
    expect(await readSpeed(page)).toBe(1.5);
  }));

test("where subtitles are off, what is forced in the language of the sound is shown", () =>
  onPage(TO_MEADOW, async (page) => {
    await awaitPlaying(page);
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("Forced");
    const captions = page.locator("#captions");
    expect(await captions.getAttribute("aria-pressed")).toBe("false");
    await choose(page, "audio", "French");
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("");
    await captions.click();
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("English");
    expect(await captions.getAttribute("aria-pressed")).toBe("true");
  }));

test("the seek bar shows a picture and the chapter, and a click goes there", () =>
  onPage(TO_MEADOW, async (page) => {
    await awaitPlaying(page);
    const bar = page.locator("media-time-range");
    await page.waitForFunction(() => {
      const { cues } = [...document.querySelector("video")!.textTracks].find(
        ({ label }) => label === "thumbnails",
      ) ?? { cues: null };
      return cues !== null && cues.length > 0;
    });
    const [x, y] = await pointOnSeekBar(page, 0.5);
    await page.mouse.move(x, y);
    const picture = bar.locator("media-preview-thumbnail img");
    const sheet = () =>
      picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.src] as const);
    await expect.poll(async () => (await sheet())[0], PATIENTLY).toBe(6 * 160);
    expect((await sheet())[1]).toMatch(/\/sprites\/0\.jpg$/);
    const chapter = bar.locator("media-preview-chapter-display");
    expect(await chapter.getAttribute("mediapreviewchapter")).toBe("Out of the burrow");
    await page.mouse.click(x, y);
    await awaitPlaying(page, 14);
    expect((await readVideo(page)).time).toBeLessThan(25);

    // The first one's name is markup, if taken for it.
    await page.getByRole("button", { name: "Dawn & <dew>" }).click();
    await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeLessThan(5);
  }));

test("the keyboard plays, seeks, mutes, fills the screen, and switches subtitles and details", () =>
  onPage(TO_MEADOW, async (page) => {
    await awaitPlaying(page);
    const state = () => readVideo(page);
    const property = (name: "muted" | "volume") =>
      page.evaluate((name) => document.querySelector("video")![name], name);
    await page.keyboard.press(" ");
    await expect.poll(state, PATIENTLY).toMatchObject({ state: "paused" });
    const { time } = await state();
    await page.keyboard.press("ArrowRight");
    await expect.poll(async () => (await state()).time, PATIENTLY).toBeCloseTo(time + 10, 0);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await state()).time, PATIENTLY).toBeCloseTo(time, 0);
    await page.keyboard.press("k");
    await expect.poll(state, PATIENTLY).toMatchObject({ state: "playing" });
    await page.keyboard.press("m");
    await expect.poll(() => property("muted"), PATIENTLY).toBe(true);
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => property("volume"), PATIENTLY).toBeLessThan(1);
    await page.keyboard.press("c");
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("English");
    await page.keyboard.press("c");
    await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("Forced");
    await page.keyboard.press("i");
    await expect
      .poll(() => page.locator("#facts dt").allTextContents(), PATIENTLY)
      .toEqual(["Rung", "Picture", "Codecs", "Bitrate", "Buffer", "Network", "Dropped"]);
    await page.keyboard.press("i");
    expect(await page.locator("#facts").isVisible()).toBe(false);
    const isFull = () => page.evaluate(() => document.fullscreenElement?.id);
    await page.keyboard.press("f");
    await expect.poll(isFull, PATIENTLY).toBe("controller");
    await page.keyboard.press("f");
    await expect.poll(isFull, PATIENTLY).toBeUndefined();
    expect(await page.evaluate(() => scrollY)).toBe(0);
  }));

/** Whether a finger that comes down in the middle of it finds the element and nothing else. */
const isWithinReach = (element: Locator) =>
  element.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const found = document.elementFromPoint(x + width / 2, y + height / 2);
    return found !== null && element.contains(found);
  });

/** Turns the wheel over a menu, as far as it goes; again, as a menu that opens goes to what is chosen in it. */
async function scrollTo(page: Page, menu: Locator, element: Locator): Promise<boolean> {
  await menu.hover();
  await page.mouse.wheel(0, 1000);
  return isWithinReach(element);
}

test("on a telephone every setting can be reached, and the large buttons leave the seek bar free", () =>
  onPage(
    TO_MEADOW,
    async (page) => {
      await awaitPlaying(page);
      await page.keyboard.press(" ");
      await page.locator("#controller[mediapaused]").waitFor();
      const buttons = (await page.locator(".thumb-controls").boundingBox())!;
      const bar = (await page.locator("media-time-range").boundingBox())!;
      expect(buttons.y + buttons.height).toBeLessThanOrEqual(bar.y);

      await page.locator("media-settings-menu-button").tap();
      const menu = page.locator("#settings");
      const entry = (id: string) => page.locator("media-settings-menu-item", { has: page.locator(id) });
      const [quality, speed, details] = [entry("#quality"), entry("#speed"), page.locator("#facts-choice")];
      await expect.poll(() => isWithinReach(quality), PATIENTLY).toBe(true);
      await expect.poll(() => scrollTo(page, menu, details), PATIENTLY).toBe(true);
      await expect.poll(() => isWithinReach(speed), PATIENTLY).toBe(true);
      await details.tap();
      await page.locator("#facts").waitFor();

      // A submenu begins at its top, however far down the settings were.
      await page.locator("media-settings-menu-button").tap();
      await expect.poll(() => scrollTo(page, menu, details), PATIENTLY).toBe(true);
      await speed.tap();
      await expect.poll(() => isWithinReach(page.locator("#speed > [slot=title]")), PATIENTLY).toBe(true);
      const fastest = page.locator("#speed media-chrome-menu-item").last();
      await expect.poll(() => scrollTo(page, page.locator("#speed"), fastest), PATIENTLY).toBe(true);
      await fastest.tap();
      await expect.poll(() => readSpeed(page), PATIENTLY).toBeGreaterThan(1);
    },
    PHONE,
  ));

test("a film goes on where it was left, or starts over, and begins anew once it was seen", () =>
  onPage(TO_MEADOW, async (page) => {
    await awaitPlaying(page);
    await seekWhilePlaying(page, 15);
    await page.reload();
    await awaitPlaying(page, 15);
    const notice = page.locator("#resumed");
    expect(await notice.textContent()).toMatch(/^Resumed at 0:1[5-9]/);
    await page.locator("#back").click();
    const watched = page.locator(".card", { hasText: MEADOW }).locator(".watched");
    await watched.waitFor();
    expect(Number.parseInt((await watched.textContent())!, 10)).toBeGreaterThanOrEqual(50);

    await page.locator(".card", { hasText: MEADOW }).click();
    await awaitPlaying(page, 15);
    await notice.getByRole("button", { name: "Start over" }).click();
    await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeLessThan(5);
    expect(await notice.isVisible()).toBe(false);

    await seekWhilePlaying(page, 29);
    await page.goto(`${server.url}#/`);
    await page.locator("html[data-state=library]").waitFor();
    expect(await watched.isVisible()).toBe(false);
  }));

test("a browser that stores nothing plays all the same", async () => {
  const context: BrowserContext = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("forbidden", "SecurityError");
      },
    });
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(server.url + TO_MEADOW);
  await awaitPlaying(page);
  await page.keyboard.press("c");
  await expect.poll(() => readFact(page, "subtitle"), PATIENTLY).toBe("English");
  await choose(page, "speed", "0.75×");
  await seekWhilePlaying(page, 10);
  expect(errors).toEqual([]);
  await context.close();
});
