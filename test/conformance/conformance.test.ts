import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { findFlashes, findOnsets } from "../support/markers.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { type ServerProcess, startProcess } from "../support/server-process.ts";
import { aacCodecString, avcCodecString, decodePicture } from "./decoded-picture.ts";
import {
  borders,
  peakBitrate,
  playlistSeconds,
  presentationStart,
  type ReadRendition,
  readRendition,
  steps,
} from "./fragment-times.ts";
import { addedOffsets, markerOffsets } from "./lip-sync.ts";
import { type MediaFolder, makeMediaFolder } from "./media-folder.ts";
import { type PlayedSound, type PlayedSource, playSource } from "./played-source.ts";
import { bandwidth, type PlayedRendition } from "./served-title.ts";
import { shuffle } from "./shuffle.ts";
import { FRAME, noiseAtSeams } from "./sound-reference.ts";
import { type PictureTruth, type SourceName, sources } from "./sources.ts";

// Every check of one source shares what was played of it, and a check is only worth as much as all of them: hence
// the length of this file.

/** Decides the order of every request: `CONFORMANCE_SEED=… npx vitest run test/conformance` repeats a run. */
const seed = Number(process.env.CONFORMANCE_SEED || Math.floor(Math.random() * 1e6));
/** Those that two processes play. Others another time: `CONFORMANCE_ALL=1` has all of them played twice. */
const twice = process.env.CONFORMANCE_ALL ? sources : shuffle(sources, seed).slice(0, sources.length / 3);
const began = performance.now();
const figures: Record<string, Record<string, string | number>> = {};

const withPicture: readonly SourceName[] = sources.filter((name) => !name.startsWith("audio-"));
const withSound: readonly SourceName[] = sources.filter((name) => name !== "video-only-mp4");

describe(`played in an order made from CONFORMANCE_SEED=${seed}`, () => {
  let folder: MediaFolder;
  let here: EmbeddedServer;
  let elsewhere: ServerProcess;

  beforeAll(async () => {
    folder = await makeMediaFolder(sources);
    // One encode at a time on either side: the two make good use of two cores.
    here = await startServer(folder.path, { WORKER_CONCURRENCY: "1" });
    elsewhere = await startProcess(folder.path, { environment: { WORKER_CONCURRENCY: "1" } });
  });
  afterAll(async () => {
    await Promise.allSettled(playing.values());
    await Promise.all([here?.stop(), elsewhere?.stop()]);
    await folder?.remove();
    console.table(figures);
    console.log(`seed ${seed}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  });

  const playing = new Map<SourceName, Promise<PlayedSource>>();
  const startPlaying = (name: SourceName): Promise<PlayedSource> => {
    const servers = { here: here.url, elsewhere: twice.includes(name) ? elsewhere.url : undefined };
    const play = playing.get(name) ?? playSource(name, folder.files.get(name)!, servers, seed);
    // Its own title reports a failure; until then nobody listens.
    play.catch(() => {});
    playing.set(name, play);
    return play;
  };
  /** Plays a title, and begins with the next one, so that encoders have work while this one is checked. */
  const playAhead = async (name: SourceName): Promise<PlayedSource> => {
    const played = await startPlaying(name);
    // What a title holds in memory goes when its checks are over.
    playing.delete(name);
    const next = sources[sources.indexOf(name) + 1];
    if (next) startPlaying(next);
    return played;
  };

  describe.each(sources)("%s", (name) => {
    let played: PlayedSource;
    const note = (figure: Record<string, string | number>) => {
      figures[name] = { ...figures[name], ...figure };
    };

    beforeAll(async () => {
      played = await playAhead(name);
      const whole = [...(played.video ? [played.video] : []), ...played.sounds];
      note({ segments: whole.map(({ segments }) => segments.length).join("+") });
    });

    test("offers the renditions that the source calls for", async () => {
      const tracks = name === "two-audio-mkv" ? 2 : withSound.includes(name) ? 1 : 0;
      expect(played.sounds.length).toBe(tracks);
      expect(played.video !== undefined).toBe(withPicture.includes(name));
    });

    test("has the same target duration in all media playlists, and no longer segment", () => {
      const playlists = [...played.title.rungs, ...played.title.sounds].map(({ playlist }) => playlist);
      expect(new Set(playlists.map(({ targetDuration }) => targetDuration)).size).toBe(1);
      for (const { segments, targetDuration } of playlists) {
        // RFC 8216bis 4.4.3.1: rounded to the nearest integer.
        const rounded = segments.map(({ seconds }) => Math.round(seconds));
        expect(Math.max(...rounded)).toBeLessThanOrEqual(targetDuration);
      }
    });

    test("never sends more than BANDWIDTH", () => {
      const sound = Math.max(0, ...played.sounds.map(peakBitrate));
      const variants = [...(played.video ? [played.video] : []), ...played.largerRungs];
      for (const variant of variants) {
        expect(peakBitrate(variant) + sound).toBeLessThanOrEqual(bandwidth(variant.rendition));
      }
      if (!played.video) expect(sound).toBeLessThanOrEqual(bandwidth(played.title.sounds[0]!));
    });

    if (twice.includes(name)) {
      test("is made of the same bytes by another process in another order", () => {
        const all = [...(played.video ? [played.video] : []), ...played.sounds];
        expect(played.elsewhere!.flatMap(hashes)).toEqual(all.flatMap(hashes));
      });
    }

    if (withPicture.includes(name)) {
      test("shows every frame of the source once and in order", async () => {
        const { truth, stream, fragments } = played.video!;
        expect(fragments.flatMap(({ samples }) => samples).length).toBe(truth.frames);
        if (truth.numbers) expect(await readFrameNumbers(stream)).toEqual(truth.numbers);
      });

      test("has a picture without a gap and at one rate over the whole rendition", () => {
        const { track, truth, fragments } = played.video!;
        const step = (track.timescale * truth.rate.den) / truth.rate.num;
        expect(Number.isInteger(step)).toBe(true);
        expectEven(played.video!, step);
        expect(fragments[0]!.tfdt).toBe(0);
      });

      test("begins each video segment with its only sync sample", () => {
        for (const { samples } of played.video!.fragments) {
          expect(samples.flatMap(({ isSync }, index) => (isSync ? [index] : []))).toEqual([0]);
        }
      });

      test("lasts as long as the source's picture, segment by segment and in sum", () => {
        const { rate, frames } = played.video!.truth;
        expectPlanned(played.video!, rate.num / rate.den);
        const seconds = (frames * rate.den) / rate.num;
        expect(Math.abs(playlistSeconds(played.video!) - seconds)).toBeLessThan(0.001);
      });

      test("has on every rung an init segment that tells the truth and fits its segments", async () => {
        const rungs = [played.video!, ...played.largerRungs];
        expect(rungs.map(({ rendition }) => rendition)).toEqual(played.title.rungs);
        for (const rung of rungs) await expectTrueVariant(rung, played.video!.truth);
      });
    }

    if (withSound.includes(name)) {
      test("has sound without a gap and of exactly the planned samples", () => {
        for (const sound of played.sounds) {
          expectEven(sound, FRAME);
          // Without an edit list, room for B-frames puts the picture later: sound has to follow.
          expect(presentationStart(sound)).toBe(Math.round(pictureStart(played) * sound.track.timescale));
          expectPlanned(sound, sound.track.timescale / FRAME);
          const samples = sound.fragments.flatMap((fragment) => fragment.samples).length * FRAME;
          expect(sound.decoded).toMatchObject({ start: 0, jumps: [], rate: sound.track.timescale });
          expect(sound.decoded.channels.map(({ length }) => length)).toEqual([samples, samples]);
        }
      });

      test("has sound up to the end of the picture and of the source's own sound", () => {
        for (const sound of played.sounds) {
          const { rate, channels } = sound.source;
          const frame = FRAME / sound.track.timescale;
          const soundEnd = channels[0]!.length / rate;
          const end = Math.max(soundEnd, played.video ? playlistSeconds(played.video) : 0);
          expect(playlistSeconds(sound)).toBeGreaterThan(soundEnd - frame / 20);
          expect(playlistSeconds(sound)).toBeGreaterThan(end - frame);
          // The grid rounds up by less than one; padding in the source's last packet, unheard, may take another.
          expect(playlistSeconds(sound)).toBeLessThan(end + 2 * frame);
        }
      });

      test("has sound that keeps one distance to the source in all segments", () => {
        for (const { lags } of played.sounds) {
          const heard = lags.filter((lag) => lag !== undefined);
          expect(heard.length).toBeGreaterThan(2);
          expect(heard).toEqual(heard.map(() => heard[0]));
        }
      });

      test("has sound whose seams can't be told from an unbroken encode", () => {
        for (const { fragments, decoded, truth, unbroken } of played.sounds) {
          const seams = fragments.slice(1).map(({ tfdt }) => tfdt! - fragments[0]!.tfdt!);
          const noise = (sound: readonly Float32Array[], radius: number) =>
            noiseAtSeams(truth[0]!, sound[0]!, seams, radius);
          const wide = Math.max(...unbroken.map((sound) => noise(sound, FRAME)));
          // Close to a seam, where a neighbour that is missing does its harm, only the same grid is like it.
          const close = noise(unbroken[0]!, FRAME / 4);
          const ratios = {
            "seams ±1024": noise(decoded.channels, FRAME) / wide,
            "seams ±256": noise(decoded.channels, FRAME / 4) / close,
          };
          for (const [where, ratio] of Object.entries(ratios)) {
            note({ [where]: ratio.toFixed(2) });
            expect.soft(ratio, `noise at ${where}`).toBeLessThanOrEqual(1.5);
          }
        }
      });

      test("has an init segment for its sound that tells the truth", () => {
        for (const { init, track, title } of played.sounds.map((sound) => ({
          ...sound,
          title: played.title,
        }))) {
          expect(track).toMatchObject({ handler: "soun", codec: "mp4a", hasEditList: false });
          const codecs = (title.rungs[0] ?? title.sounds[0]!).attributes.get("CODECS")!.split(",");
          expect(codecs.at(-1)).toBe(aacCodecString(init));
        }
      });

      if (name !== "bbb") {
        test("keeps picture and sound together as the source has them, at the start and at the end", async () => {
          for (const sound of played.sounds) {
            const added = await measureAdded(played, sound, await footage(name));
            note({ "A/V start ms": added.at(0)!.toFixed(2), "A/V end ms": added.at(-1)!.toFixed(2) });
            expect(added.length).toBeGreaterThan(6);
            for (const offset of added) expect(Math.abs(offset)).toBeLessThan(5);
          }
        });
      }
    }
  });
});

/** `v240/3 <SHA-256>` for each segment; the init segment first, without a number. */
function hashes({ rendition, init, segments }: PlayedRendition): string[] {
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  return [
    `${rendition.id} ${sha256(init)}`,
    ...segments.map((bytes, index) => `${rendition.id}/${index} ${sha256(bytes)}`),
  ];
}

/** `step` ticks from each sample to the next in both orders, and from each segment to the next. */
function expectEven(rendition: ReadRendition, step: number): void {
  for (const { expected, tfdt } of borders(rendition)) expect(tfdt).toBe(expected);
  expect({ dts: steps(rendition, "dts"), pts: steps(rendition, "pts") }).toEqual({
    dts: [step],
    pts: [step],
  });
}

/** Each EXTINF is, to its six decimals, what its segment's samples last. */
function expectPlanned({ fragments, rendition }: PlayedRendition & ReadRendition, perSecond: number): void {
  const { segments } = rendition.playlist;
  expect(fragments.length).toBe(segments.length);
  for (const [index, { samples }] of fragments.entries()) {
    expect(Math.abs(samples.length / perSecond - segments[index]!.seconds)).toBeLessThan(1.5e-6);
  }
}

/** When the first frame is presented, seconds; 0 without a picture. */
function pictureStart({ video }: PlayedSource): number {
  return video ? presentationStart(video) / video.track.timescale : 0;
}

async function expectTrueVariant(rung: PlayedRendition, { rate }: PictureTruth): Promise<void> {
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

/** What serving added to the distance of sound and picture, ms, at each marker; without a picture, to the sound's own. */
async function measureAdded(played: PlayedSource, sound: PlayedSound, path: string): Promise<number[]> {
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
