import { expect, test } from "vitest";
import { readFragments, readInit } from "../../check/media/iso-bmff.ts";
import { type FootageName, footage, footagePicture, vfrNumbers } from "./footage.ts";
import { findFlashes, findOnsets, startOfVideo } from "./markers.ts";
import { readFrameNumbers } from "./numbered-frames.ts";
import { decodePcm } from "./pcm.ts";
import { runProgram } from "./run-program.ts";
import { seamError } from "./seam-error.ts";

const files: readonly FootageName[] = ["vfr-mp4", "rotated-mp4", "ts-offset-late-audio"];

test.each(files)("every frame of %s shows its number", async (name) => {
  const expected =
    name === "vfr-mp4" ? vfrNumbers() : Array.from({ length: footagePicture(name)!.frames }, (_, n) => n);
  expect(await readFrameNumbers(await footage(name))).toEqual(expected);
});

test.each(files)("flashes and bursts of %s coincide", async (name) => {
  const file = await footage(name);
  const zero = await startOfVideo(file);
  const flashes = await findFlashes(file, zero);
  const { channels, rate } = await decodePcm(file, { zero, channels: 1 });
  const onsets = findOnsets(channels[0]!, rate);
  expect(onsets.length).toBeGreaterThan(8);
  for (const onset of onsets) {
    const nearest = Math.min(...flashes.map((seconds) => Math.abs(seconds - onset)));
    expect(nearest).toBeLessThan(0.001);
  }
});

test("a fragmented copy reads back with every sample in place", async () => {
  const file = await footage("vfr-mp4");
  const fragmented = ["-movflags", "+cmaf+frag_keyframe", "-f", "mp4", "pipe:1"];
  const { stdout } = await runProgram("ffmpeg", [
    ...["-v", "error", "-i", file, "-map", "0:v", "-c", "copy", ...fragmented],
  ]);
  const tracks = readInit(stdout);
  expect(tracks).toMatchObject([{ handler: "vide", codec: "avc1", hasEditList: false }]);
  const fragments = readFragments(stdout, tracks);
  const samples = fragments.flatMap((fragment) => fragment.samples);
  const frames = samples.map((sample) => (sample.pts * 30) / tracks[0]!.timescale).sort((a, b) => a - b);
  expect(frames).toEqual(vfrNumbers());
  expect(fragments.every(({ samples: [first] }) => first?.isSync)).toBe(true);
  expect(await readFrameNumbers(stdout)).toEqual(vfrNumbers());
});

test("the error at a seam shows a click of one sample", () => {
  const reference = Float32Array.from({ length: 9000 }, (_, i) => Math.sin(i / 20) / 4);
  const decoded = Float32Array.from(reference);
  decoded[6010] = decoded[6010]! + 0.5;
  const error = seamError(reference, decoded, [3000, 6000]);
  expect(error).toMatchObject({ elsewhere: 0, peak: 0.5 });
  expect(error.seams[0]).toBe(0);
  expect(error.seams[1]).toBeCloseTo(0.5 / Math.sqrt(2048), 6);
});
