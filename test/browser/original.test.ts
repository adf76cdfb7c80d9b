import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";
import { openBareHlsPage } from "./bare-hls-page.ts";
import { launchChromium, openPage } from "./chromium.ts";
import { awaitEnd, choose, clickTitle, PATIENCE_MS, PATIENTLY, readChoices, readVideo } from "./watching.ts";

const FRAMES = 24 * 24;
/** Near to each other and far apart: rungs are cut in between from 12 to 18.5 s. */
const KEYFRAMES = "0,1.5,2,7.25,9,12,18.5,21";
const BETWEEN_KEYFRAMES_S = 12.5;
const FILM = [
  ...["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=24:duration=24"],
  ...["-f", "lavfi", "-i", "sine=duration=24", "-pix_fmt", "yuv420p", "-c:v", "libx264"],
  ...["-preset", "veryfast", "-bf", "3", "-b_strategy", "0", "-g", "240", "-sc_threshold", "0"],
  ...["-force_key_frames", KEYFRAMES, "-c:a", "aac"],
];

let folder: string;
let library: Library;
let server: EmbeddedServer;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(repositoryRoot, ".cache", "film-"));
  const film = join(folder, "film.mp4");
  await runProgram("ffmpeg", ["-v", "error", "-y", ...FILM, film]);
  library = await makeLibrary({
    "bunny.mp4": await footage("bbb"),
    "film.mp4": film,
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
  await rm(folder, { recursive: true, force: true });
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
  await fetchRungs();
  const { page, troubles } = await openPage(browser, server.url);
  await clickTitle(page, "film");
  const [, original, ...rungs] = await readChoices(page, "quality");
  expect(original).toMatch(/^Original/);
  expect(rungs).toHaveLength(2);
  await changeTo(page, rungs[0]!.split(" ")[0]!);
  await changeTo(page, "Original");
  await changeTo(page, rungs[1]!.split(" ")[0]!);
  // What is two segments of the rung is one of the original.
  await expect.poll(async () => (await readVideo(page)).time, PATIENTLY).toBeGreaterThan(BETWEEN_KEYFRAMES_S);
  await changeTo(page, "Original");
  await awaitEnd(page);
  const { buffered, error, frames } = await readVideo(page);
  expect(error).toBeUndefined();
  expect(buffered).toHaveLength(1);
  // What the browser had decoded ahead of what was thrown away, it decodes again.
  expect(frames).toBeGreaterThanOrEqual(FRAMES);
  expect(troubles).toEqual([]);
  await page.close();
});

/** Has all of them made: what is seen then is the changes, and not a buffer that runs dry. */
async function fetchRungs(): Promise<void> {
  const lines = async (url: URL) => (await (await fetch(url)).text()).split("\n");
  const playlists = (await lines(master())).filter((line) => /\/v\d+\/index/.test(line));
  for (const playlist of playlists.map((uri) => new URL(uri, master())))
    for (const segment of (await lines(playlist)).filter((line) => line.endsWith(".m4s")))
      await (await fetch(new URL(segment, playlist))).arrayBuffer();
}

function master(): URL {
  return new URL("hls/film.mp4/all.m3u8", server.url);
}

/** Chooses a quality, and waits until it plays and nothing is missing in what is buffered. */
async function changeTo(page: Page, quality: string): Promise<void> {
  await choose(page, "quality", quality);
  const playing = async () => (await readChoices(page, "quality"))[0];
  await expect.poll(playing, PATIENTLY).toContain(`(${quality}`);
  const ranges = async () => (await readVideo(page)).buffered.length;
  await expect.poll(ranges, PATIENTLY).toBe(1);
}
