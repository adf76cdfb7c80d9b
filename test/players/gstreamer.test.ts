import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage, footagePicture } from "../support/footage.ts";
import { findFlashes, findOnsets } from "../support/markers.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { decodePcm } from "../support/pcm.ts";
import { recordInGstreamer } from "./gstreamer-recording.ts";
import { type Library, makeLibrary } from "./make-library.ts";

const film = "film-24000-1001-bframes";
const upTo = (frames: number) => Array.from({ length: frames }, (_, n) => n);

let library: Library;
let server: EmbeddedServer;
let recordings: string;

beforeAll(async () => {
  recordings = await mkdtemp(join(tmpdir(), "seamline-gstreamer-"));
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
  await rm(recordings, { recursive: true, force: true });
});

test("GStreamer plays a film to its end: every frame once, and the sound with it", {
  timeout: 600_000,
}, async () => {
  const recording = await record("film.mp4", ["video", "audio"]);
  const frames = footagePicture(film)!.frames;
  expect(await readFrameNumbers(recording)).toEqual(upTo(frames));

  const { channels, rate, start, jumps } = await decodePcm(recording, { channels: 1 });
  // Matroska counts milliseconds.
  expect(jumps.filter(({ by }) => Math.abs(by) > rate / 500)).toEqual([]);
  // AAC comes in frames of 21 ms, the picture ends within one.
  const seconds = (channels[0]!.length - start) / rate;
  expect(Math.abs(seconds - (frames * 1001) / 24000)).toBeLessThan(0.022);

  const flashes = await findFlashes(recording);
  const onsets = findOnsets(channels[0]!, rate);
  expect(onsets).toHaveLength(flashes.length);
  expect(Math.max(...onsets.map((onset, at) => Math.abs(flashes[at]! - onset)))).toBeLessThan(0.02);
});

test("GStreamer plays a film without sound to its end", async () => {
  const recording = await record("silent.mp4", ["video"]);
  expect(await readFrameNumbers(recording)).toEqual(upTo(footagePicture("video-only-mp4")!.frames));
});

test("GStreamer plays sound alone to its end", async () => {
  const { channels, rate, jumps } = await decodePcm(await record("sound.m4a", ["audio"]));
  // Matroska counts milliseconds.
  expect(jumps.filter(({ by }) => Math.abs(by) > rate / 500)).toEqual([]);
  expect(Math.abs(channels[0]!.length / rate - 30)).toBeLessThan(0.024);
});

async function record(file: string, kinds: readonly ("video" | "audio")[]): Promise<string> {
  const recording = join(recordings, `${file}.mkv`);
  await recordInGstreamer(`${server.url}hls/${encodeURIComponent(file)}/master.m3u8`, kinds, recording);
  return recording;
}
