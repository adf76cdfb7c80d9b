import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage, footagePicture } from "../support/footage.ts";
import { findFlashes, findOnsets } from "../support/markers.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { decodePcm } from "../support/pcm.ts";
import { playInFfmpeg } from "./ffmpeg-playing.ts";
import { type Library, makeLibrary } from "./make-library.ts";

const film = "film-24000-1001-bframes";
const filmFrames = footagePicture(film)!.frames;
const upTo = (frames: number) => Array.from({ length: frames }, (_, n) => n);

let library: Library;
let server: EmbeddedServer;
const playlist = (file: string) => `${server.url}hls/${encodeURIComponent(file)}/master.m3u8`;

beforeAll(async () => {
  library = await makeLibrary({
    "film.mp4": await footage(film),
    "sound.m4a": await footage("audio-only-m4a"),
    "silent.mp4": await footage("video-only-mp4"),
  });
  server = await startServer(library.dir);
});

afterAll(async () => {
  await server?.stop();
  await library?.remove();
});

describe("ffmpeg plays from start to end without a word", { timeout: 600_000 }, () => {
  test.each([
    {
      file: "film.mp4",
      kinds: ["video", "audio"] as const,
      frames: filmFrames,
      seconds: filmFrames * (1001 / 24000),
      rate: 48000,
    },
    { file: "silent.mp4", kinds: ["video"] as const, frames: 720, seconds: 30, rate: 0 },
    { file: "sound.m4a", kinds: ["audio"] as const, frames: 0, seconds: 30, rate: 44100 },
  ])("$file", async ({ file, kinds, frames, seconds, rate }) => {
    const { pictures, sound, complaints } = await playInFfmpeg(playlist(file), kinds);
    expect(complaints).toBe("");

    expect(pictures).toHaveLength(frames);
    // Every picture one step after the one before it, across all borders.
    expect(pictures.map(({ pts }) => pts - pictures[0]!.pts)).toEqual(upTo(frames));
    const samples = sound.reduce((sum, frame) => sum + frame.duration, 0);
    expect(samples).toBeGreaterThanOrEqual(Math.floor(seconds * rate) - 512);
    expect(samples).toBeLessThanOrEqual(seconds * rate + 1024);
    const gaps = sound.filter(
      ({ pts }, at) => at > 0 && pts !== sound[at - 1]!.pts + sound[at - 1]!.duration,
    );
    expect(gaps).toEqual([]);
  });
});

test("ffmpeg shows every frame of the film once and in order", async () => {
  expect(await readFrameNumbers(playlist("film.mp4"))).toEqual(upTo(filmFrames));
});

test("in ffmpeg picture and sound belong together", async () => {
  const flashes = await findFlashes(playlist("film.mp4"));
  const { channels, rate } = await decodePcm(playlist("film.mp4"), { channels: 1 });
  const onsets = findOnsets(channels[0]!, rate);
  expect(onsets).toHaveLength(flashes.length);
  const offsets = onsets.map((onset, at) => flashes[at]! - onset);
  // ITU-R BT.1359-1: nobody notices less than 45 ms.
  expect(Math.max(...offsets.map(Math.abs))).toBeLessThan(0.02);
});
