import { expect } from "vitest";
import { aacCodecString } from "../../check/media/sample-entry.ts";
import { findFlashes, findOnsets } from "../support/markers.ts";
import { playlistSeconds, presentationStart } from "./fragment-times.ts";
import { addedOffsets, markerOffsets } from "./lip-sync.ts";
import { type PlayedSound, type PlayedSource, pictureStart } from "./played-source.ts";
import { expectEven, expectPlanned } from "./rendition-checks.ts";
import { FRAME, noiseAtSeams } from "./sound-reference.ts";

/** No gap, and exactly the planned samples. */
export function expectPlannedSamples(sound: PlayedSound, played: PlayedSource): void {
  expectEven(sound, FRAME);
  // Without an edit list, room for B-frames puts the picture later: sound has to follow.
  expect(presentationStart(sound)).toBe(Math.round(pictureStart(played) * sound.track.timescale));
  expectPlanned(sound, sound.track.timescale / FRAME);
  const samples = sound.fragments.flatMap((fragment) => fragment.samples).length * FRAME;
  expect(sound.decoded).toMatchObject({ start: 0, jumps: [], rate: sound.track.timescale });
  expect(sound.decoded.channels.map(({ length }) => length)).toEqual([samples, samples]);
}

/** Sound up to the end of the picture and of the source's own sound. */
export function expectSoundToTheEnd(sound: PlayedSound, { video }: PlayedSource): void {
  const { rate, channels } = sound.source;
  const frame = FRAME / sound.track.timescale;
  const soundEnd = channels[0]!.length / rate;
  const end = Math.max(soundEnd, video ? playlistSeconds(video) : 0);
  expect(playlistSeconds(sound)).toBeGreaterThan(soundEnd - frame / 20);
  expect(playlistSeconds(sound)).toBeGreaterThan(end - frame);
  // The grid rounds up by less than one; padding in the source's last packet, unheard, may take another.
  expect(playlistSeconds(sound)).toBeLessThan(end + 2 * frame);
}

/** One distance to the source in all segments, measured in more than `fewest`. */
export function expectOneLag({ lags }: PlayedSound, fewest = 2): void {
  const heard = lags.filter((lag) => lag !== undefined);
  expect(heard.length).toBeGreaterThan(fewest);
  expect(heard).toEqual(heard.map(() => heard[0]));
}

/** How much more noise there is at the seams than in an unbroken encode, within so many samples of them. */
export function measureSeams({ fragments, decoded, truth, unbroken }: PlayedSound) {
  const seams = fragments.slice(1).map(({ tfdt }) => tfdt! - fragments[0]!.tfdt!);
  const noise = (sound: readonly Float32Array[], radius: number) =>
    noiseAtSeams(truth[0]!, sound[0]!, seams, radius);
  const wide = Math.max(...unbroken.map((sound) => noise(sound, FRAME)));
  // Close to a seam, where a neighbour that is missing does its harm, only the same grid is like it.
  const close = noise(unbroken[0]!, FRAME / 4);
  return {
    "seams ±1024": noise(decoded.channels, FRAME) / wide,
    "seams ±256": noise(decoded.channels, FRAME / 4) / close,
  };
}

/** An init segment that tells the truth. */
export function expectTrueSound({ init, track }: PlayedSound, { title }: PlayedSource): void {
  expect(track).toMatchObject({ handler: "soun", codec: "mp4a", hasEditList: false });
  const codecs = (title.rungs[0] ?? title.sounds[0]!).attributes.get("CODECS")!.split(",");
  expect(codecs.at(-1)).toBe(aacCodecString(init));
}

/**
 * What serving added to the distance of sound and picture, ms, at each marker; without a picture, to the sound's
 * own.
 * @param path of the source.
 */
export async function measureAdded(
  played: PlayedSource,
  sound: PlayedSound,
  path: string,
): Promise<number[]> {
  const { video, zero } = played;
  const { source, decoded } = sound;
  // Without flashes, the bursts of the source stand in for them.
  const bursts = video ? [] : findOnsets(source.channels[0]!, source.rate);
  const [sourceFlashes, flashes] = video
    ? await Promise.all([findFlashes(path, zero), findFlashes(video.stream, pictureStart(played))])
    : [bursts, bursts];
  expect(flashes.length).toBe(sourceFlashes.length);
  return addedOffsets(
    markerOffsets(sourceFlashes, source.channels[0]!, source.rate),
    markerOffsets(flashes, decoded.channels[0]!, decoded.rate),
  );
}
