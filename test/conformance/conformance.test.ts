import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, drawSeed } from "../support/draw.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage, isFilm } from "../support/footage.ts";
import { type ServerProcess, startProcess } from "../support/server-process.ts";
import { type MediaFolder, makeMediaFolder } from "./media-folder.ts";
import {
  expectEvenPicture,
  expectEveryFrame,
  expectPictureLength,
  expectSyncSamples,
  expectTrueVariant,
} from "./picture-checks.ts";
import { type PlayedSource, playSource } from "./played-source.ts";
import { expectBandwidth, expectTargetDuration, hashes } from "./rendition-checks.ts";
import {
  expectOneLag,
  expectPlannedSamples,
  expectSoundToTheEnd,
  expectTrueSound,
  measureAdded,
  measureSeams,
} from "./sound-checks.ts";
import { sources as everySource, type SourceName } from "./sources.ts";

/** Decides the order of every request, too. */
const seed = drawSeed;
/** Film, and some of what is made. */
const drawn = new Set<SourceName>(["bbb-480p", ...draw(everySource, 3)]);
const sources = everySource.filter((name) => drawn.has(name));
/** Those that two processes play. */
const twice = draw(sources, sources.length / 2);
const began = performance.now();
const figures: Record<string, Record<string, string | number>> = {};

const withPicture: readonly SourceName[] = sources.filter((name) => !name.startsWith("audio-"));
const withSound: readonly SourceName[] = sources.filter((name) => name !== "video-only-mp4");

describe(`played in an order made from DRAW_SEED=${seed}`, () => {
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
      expectTargetDuration(played);
    });

    test("never sends more than BANDWIDTH", () => {
      expectBandwidth(played);
    });

    if (twice.includes(name)) {
      test("is made of the same bytes by another process in another order", () => {
        const all = [...(played.video ? [played.video] : []), ...played.sounds];
        expect(played.elsewhere!.flatMap(hashes)).toEqual(all.flatMap(hashes));
      });
    }

    if (withPicture.includes(name)) {
      test("shows every frame of the source once and in order", async () => {
        await expectEveryFrame(played.video!);
      });

      test("has a picture without a gap and at one rate over the whole rendition", () => {
        expectEvenPicture(played.video!);
      });

      test("begins each video segment with its only sync sample", () => {
        expectSyncSamples(played.video!);
      });

      test("lasts as long as the source's picture, segment by segment and in sum", () => {
        expectPictureLength(played.video!);
      });

      test("has on every rung an init segment that tells the truth and fits its segments", async () => {
        const rungs = [played.video!, ...played.largerRungs];
        expect(rungs.map(({ rendition }) => rendition)).toEqual(played.title.rungs);
        for (const rung of rungs) await expectTrueVariant(rung, played.video!.truth);
      });
    }

    if (withSound.includes(name)) {
      test("has sound without a gap and of exactly the planned samples", () => {
        for (const sound of played.sounds) expectPlannedSamples(sound, played);
      });

      test("has sound up to the end of the picture and of the source's own sound", () => {
        for (const sound of played.sounds) expectSoundToTheEnd(sound, played);
      });

      test("has sound that keeps one distance to the source in all segments", () => {
        for (const sound of played.sounds) expectOneLag(sound);
      });

      test("has sound whose seams can't be told from an unbroken encode", () => {
        for (const sound of played.sounds) {
          for (const [where, ratio] of Object.entries(measureSeams(sound))) {
            note({ [where]: ratio.toFixed(2) });
            expect.soft(ratio, `noise at ${where}`).toBeLessThanOrEqual(1.5);
          }
        }
      });

      test("has an init segment for its sound that tells the truth", () => {
        for (const sound of played.sounds) expectTrueSound(sound, played);
      });

      if (!isFilm(name)) {
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
