import { expect } from "vitest";
import { avcCodecString } from "../../check/media/sample-entry.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { decodePicture } from "./decoded-picture.ts";
import { playlistSeconds, readRendition } from "./fragment-times.ts";
import type { PlayedPicture } from "./played-source.ts";
import { expectEven, expectPlanned } from "./rendition-checks.ts";
import type { PlayedRendition } from "./served-title.ts";
import type { PictureTruth } from "./sources.ts";

/** Every frame of the source once and in order. */
export async function expectEveryFrame({ truth, stream, fragments }: PlayedPicture): Promise<void> {
  expect(fragments.flatMap(({ samples }) => samples).length).toBe(truth.frames);
  if (truth.numbers) expect(await readFrameNumbers(stream)).toEqual(truth.numbers);
}

/** No gap, and one rate over the whole rendition. */
export function expectEvenPicture(video: PlayedPicture): void {
  const { track, truth, fragments } = video;
  const step = (track.timescale * truth.rate.den) / truth.rate.num;
  expect(Number.isInteger(step)).toBe(true);
  expectEven(video, step);
  expect(fragments[0]!.tfdt).toBe(0);
}

/** Each segment begins with its only sync sample. */
export function expectSyncSamples({ fragments }: PlayedPicture): void {
  for (const { samples } of fragments) {
    expect(samples.flatMap(({ isSync }, index) => (isSync ? [index] : []))).toEqual([0]);
  }
}

/** The length of the source's picture, segment by segment and in sum. */
export function expectPictureLength(video: PlayedPicture): void {
  const { rate, frames } = video.truth;
  expectPlanned(video, rate.num / rate.den);
  const seconds = (frames * rate.den) / rate.num;
  expect(Math.abs(playlistSeconds(video) - seconds)).toBeLessThan(0.001);
}

/** An init segment that tells the truth and fits its segments. */
export async function expectTrueVariant(rung: PlayedRendition, { rate }: PictureTruth): Promise<void> {
  const { attributes } = rung.rendition;
  expect(avcCodecString(rung.init)).toBe(attributes.get("CODECS")!.split(",")[0]);
  expect(attributes.get("FRAME-RATE")).toBe((rate.num / rate.den).toFixed(3));
  expect(rate.num).toBeLessThanOrEqual(60 * rate.den);
  const read = readRendition(rung);
  expect(read.track).toMatchObject({ handler: "vide", codec: "avc1", hasEditList: false });
  const picture = await decodePicture(rung.stream);
  expect(picture).toMatchObject({ profile: "High", format: "yuv420p", pixels: "1:1", complaints: "" });
  expect(`${picture.width}x${picture.height}`).toBe(attributes.get("RESOLUTION"));
  expect([picture.width % 2, picture.height % 2]).toEqual([0, 0]);
  expect(picture.frames).toBe(read.fragments.flatMap(({ samples }) => samples).length);
}
