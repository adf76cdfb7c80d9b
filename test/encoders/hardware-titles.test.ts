import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { launchChromium, openPage } from "../browser/chromium.ts";
import { awaitPlaying, clickTitle, readVideo, seekWhilePlaying } from "../browser/watching.ts";
import { fetchSegment, segmentUrls } from "../failover/viewer.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { runProgram } from "../support/run-program.ts";
import { DRIVER_FAILURES, type FakeDriver, fakeDriver } from "./fake-driver.ts";

const realPath = process.env.PATH;
const RUNG = "v240";
const FILMS = ["film", "other", "third", "fourth", "fifth"].map((name) => `${name}.mp4`);
/** Its picture can't be offered as it is, so that whoever plays it plays a rung. */
const STREAMED = "streamed.flv";

let mediaDir: string;
let driver: FakeDriver;
let software: EmbeddedServer;
let server: EmbeddedServer;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  const film = await footage("film-24000-1001-bframes");
  for (const name of FILMS) await copyFile(film, join(mediaDir, name));
  await runProgram("ffmpeg", ["-v", "error", "-i", film, "-c", "copy", join(mediaDir, STREAMED)]);
  driver = await fakeDriver();
  process.env.PATH = driver.path;
  software = await startServer(mediaDir);
  // Long enough for what is given up to be tried as often as it is.
  server = await startServer(mediaDir, { ENCODER: "nvenc", SEGMENT_WAIT_MS: "60000" });
});
beforeEach(() => driver.behave(""));
afterAll(async () => {
  await Promise.all([software.stop(), server.stop()]);
  process.env.PATH = realPath;
  await driver.remove();
  await rm(mediaDir, { recursive: true });
});

const keyOf = (url: string) => /\/([0-9a-f]{32})\//.exec(url)![1];
const describeFilm = async (film: string) =>
  (await (await fetch(`${server.url}hls/${film}/title.json`)).json()) as { encoder?: object };
const fetchProblem = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, ...((await response.json()) as object) };
};

it("plays a title of its own, on the clock that it has in software", async () => {
  const film = FILMS[0]!;
  const [hardware, plain] = [
    await segmentUrls(server.url, film, RUNG),
    await segmentUrls(software.url, film, RUNG),
  ];
  expect(keyOf(hardware[0]!)).not.toBe(keyOf(plain[0]!));
  const [made, reference] = [await timesOf(hardware), await timesOf(plain)];
  expect(made.length).toBeGreaterThan(100);
  expect(made).toEqual(reference);
  expect(await describeFilm(film)).toMatchObject({ encoder: { name: "h264_nvenc" } });
});

it.each([
  [FILMS[1]!, DRIVER_FAILURES.noSession, "its driver takes no more sessions"],
  [FILMS[2]!, DRIVER_FAILURES.crash, "FFmpeg stopped without a word"],
  [FILMS[3]!, DRIVER_FAILURES.halfAFile, "something else than was planned"],
])("goes on in software where hardware fails in mid-film, and says why: %s", async (film, failure, words) => {
  const urls = await segmentUrls(server.url, film, RUNG);
  expect((await fetch(urls[0]!)).status).toBe(200);
  await driver.behave(failure);
  // The last one, which nothing has been made ahead of.
  expect(await fetchProblem(urls.at(-1)!)).toMatchObject({
    status: 404,
    code: "encoder-failed",
    detail: expect.stringContaining(words),
  });
  const after = await segmentUrls(server.url, film, RUNG);
  const reference = await segmentUrls(software.url, film, RUNG);
  expect(after.map(keyOf)).toEqual(reference.map(keyOf));
  expect(await fetchSegment(after.at(-1)!)).toBe(await fetchSegment(reference.at(-1)!));
  expect(keyOf(after[0]!)).not.toBe(keyOf(urls[0]!));
  expect(await describeFilm(film)).toMatchObject({
    encoder: { name: "libx264", insteadOf: "nvenc", reason: expect.stringContaining(words) },
  });
  // What was made before stays where players have been told that it is.
  expect((await fetch(urls[0]!)).status).toBe(200);
});

it("plays on in the page, from the same place", async () => {
  const browser = await launchChromium();
  const { page } = await openPage(browser, server.url);
  try {
    await clickTitle(page, "streamed");
    await driver.behave(DRIVER_FAILURES.lost);
    await seekWhilePlaying(page, 40);
    await awaitPlaying(page, 40);
    // Nothing before it was loaded anew.
    const [[start]] = (await readVideo(page)).buffered as [[number, number]];
    expect(start).toBeGreaterThan(30);
    expect(await describeFilm(STREAMED)).toMatchObject({ encoder: { name: "libx264", insteadOf: "nvenc" } });
  } finally {
    await browser.close();
  }
});

it("stays with hardware that fails once", async () => {
  const film = FILMS[4]!;
  const urls = await segmentUrls(server.url, film, RUNG);
  await driver.behave(`mkdir "$here/once" 2>/dev/null && { ${DRIVER_FAILURES.noSession}; }`);
  expect((await fetch(urls[2]!)).status).toBe(200);
  expect(await describeFilm(film)).toMatchObject({ encoder: { name: "h264_nvenc" } });
});

it("does not start with an encoder that is of no use, and with auto takes the first that is", async () => {
  await driver.behave(DRIVER_FAILURES.noDevice);
  await expect(startServer(mediaDir, { ENCODER: "nvenc" })).rejects.toThrow(
    "ENCODER=nvenc can't be used here. h264_nvenc: there is no such device",
  );
  const auto = await startServer(mediaDir, { ENCODER: "auto" });
  try {
    const film = FILMS[0]!;
    expect(keyOf((await segmentUrls(auto.url, film, RUNG))[0]!)).toBe(
      keyOf((await segmentUrls(software.url, film, RUNG))[0]!),
    );
  } finally {
    await auto.stop();
  }
});

it("leaves it to nobody to choose for a fleet by himself", async () => {
  const settings = { ENCODER: "auto", REDIS_URL: "redis://127.0.0.1:1" };
  await expect(startServer(mediaDir, settings)).rejects.toThrow("ENCODER=auto is for a single process");
});

/** Presentation times of the first twelve seconds, in order; FFmpeg is to decode them without a word. */
async function timesOf(segments: readonly string[]): Promise<readonly string[]> {
  const playlist = new URL("index.m3u8", segments[0]).href;
  const args = ["-v", "error", "-select_streams", "v", "-read_intervals", "%+12"];
  const { stdout, stderr } = await runProgram("ffprobe", [
    ...[...args, "-show_entries", "frame=best_effort_timestamp_time"],
    ...["-of", "csv=p=0", playlist],
  ]);
  expect(stderr).toBe("");
  return stdout.toString().trim().split("\n");
}
