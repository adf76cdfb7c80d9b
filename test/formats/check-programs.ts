import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { playInFfmpeg } from "../players/ffmpeg-playing.ts";
import { recordInGstreamer } from "../players/gstreamer-recording.ts";
import { decodePcm } from "../support/pcm.ts";
import { runProgram } from "../support/run-program.ts";
import { upTo } from "./format-source.ts";
import { kindsOf, type PlannedTitle } from "./planned-title.ts";

/** FFmpeg plays from the multivariant playlist to the end without a word. */
export async function checkFfmpeg(title: PlannedTitle): Promise<void> {
  const { pictures, sound, soundRate, complaints } = await playInFfmpeg(title.playlist, kindsOf(title));
  expect(complaints).toBe("");
  expect(pictures.length, "frames").toBe(title.frames ?? 0);
  expect(
    pictures.map(({ pts }) => pts - pictures[0]!.pts),
    "times of frames",
  ).toEqual(upTo(pictures.length));
  const samples = sound.reduce((sum, { duration }) => sum + duration, 0);
  const gaps = sound.filter(({ pts }, at) => at > 0 && pts !== sound[at - 1]!.pts + sound[at - 1]!.duration);
  expect(gaps, "gaps in the sound").toEqual([]);
  if (title.soundSeconds !== undefined) {
    expect(samples, "samples").toBe(Math.round(title.soundSeconds * soundRate));
  }
}

/** GStreamer plays it to the end: every frame, and the sound with it. */
export async function checkGstreamer(title: PlannedTitle, folder: string, name: string): Promise<void> {
  const recording = join(folder, `${name}.gst.mkv`);
  try {
    await recordPatiently(title, recording);
    if (title.frames !== undefined) expect(await countFrames(recording), "frames").toBe(title.frames);
    if (title.soundSeconds === undefined) return;
    const { channels, rate, start, jumps } = await decodePcm(recording, { channels: 1 });
    // Matroska counts milliseconds.
    const gaps = jumps.filter(({ by }) => Math.abs(by) > rate / 500);
    expect(gaps, "gaps in the sound").toEqual([]);
    const seconds = (channels[0]!.length - start) / rate;
    expect(Math.abs(seconds - title.soundSeconds), "seconds of sound that are missing").toBeLessThan(0.024);
  } finally {
    await rm(recording, { force: true });
  }
}

/** The HLS demuxer of GStreamer 1.22 loses a race at the end of short streams now and then, and says this. */
const LOST_RACE = /Couldn't download fragments/;
const MOST_ATTEMPTS = 4;

async function recordPatiently(title: PlannedTitle, recording: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recordInGstreamer(title.playlist, kindsOf(title), recording);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !LOST_RACE.test(String(error))) throw error;
    }
  }
}

async function countFrames(recording: string): Promise<number> {
  const entries = ["-select_streams", "v:0", "-count_packets", "-show_entries", "stream=nb_read_packets"];
  const { stdout } = await runProgram("ffprobe", ["-v", "error", ...entries, "-of", "csv=p=0", recording]);
  return Number.parseInt(stdout.toString(), 10);
}
