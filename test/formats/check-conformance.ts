import { expect } from "vitest";
import {
  expectEvenPicture,
  expectEveryFrame,
  expectPictureLength,
  expectSyncSamples,
  expectTrueVariant,
} from "../conformance/picture-checks.ts";
import type { PlayedSource } from "../conformance/played-source.ts";
import { expectBandwidth, expectTargetDuration, hashes } from "../conformance/rendition-checks.ts";
import {
  expectOneLag,
  expectPlannedSamples,
  expectSoundToTheEnd,
  expectTrueSound,
  measureAdded,
  measureSeams,
} from "../conformance/sound-checks.ts";
import type { FormatSource } from "./format-source.ts";
import { inWords } from "./in-words.ts";

/** A check under its name in the page. */
type NamedCheck = readonly [name: string, check: () => void | Promise<void>];

/**
 * All of the conformance suite, but for what a title is not expected to pass.
 * @throws what it does not pass, in words.
 */
export async function checkConformance(
  source: FormatSource,
  played: PlayedSource,
  path: string,
): Promise<void> {
  const checks = [
    ...titleChecks(source, played),
    ...pictureChecks(played),
    ...soundChecks(source, played, path),
  ].filter(([name]) => !source.exceptions?.[name]);
  const failures: string[] = [];
  for (const [name, check] of checks) {
    try {
      await check();
    } catch (error) {
      failures.push(`${name}: ${inWords(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
}

function titleChecks(source: FormatSource, played: PlayedSource): NamedCheck[] {
  return [
    [
      "renditions",
      () => {
        expect(played.sounds.length, "sound tracks").toBe(source.soundTracks);
        expect(played.video !== undefined, "a picture").toBe(source.truth !== undefined);
      },
    ],
    ["target duration", () => expectTargetDuration(played)],
    ["bandwidth", () => expectBandwidth(played)],
    [
      "same bytes from another process",
      () => {
        const all = [...(played.video ? [played.video] : []), ...played.sounds];
        expect(played.elsewhere!.flatMap(hashes)).toEqual(all.flatMap(hashes));
      },
    ],
  ];
}

function pictureChecks({ video, largerRungs }: PlayedSource): NamedCheck[] {
  if (!video) return [];
  return [
    ["every frame once and in order", () => expectEveryFrame(video)],
    ["even frames", () => expectEvenPicture(video)],
    ["sync samples", () => expectSyncSamples(video)],
    ["length of the picture", () => expectPictureLength(video)],
    [
      "variants",
      async () => {
        for (const rung of [video, ...largerRungs]) await expectTrueVariant(rung, video.truth);
      },
    ],
  ];
}

function soundChecks(source: FormatSource, played: PlayedSource, path: string): NamedCheck[] {
  return played.sounds.flatMap((sound): NamedCheck[] => [
    ["planned samples", () => expectPlannedSamples(sound, played)],
    ["sound to the end", () => expectSoundToTheEnd(sound, played)],
    ["one distance to the source's sound", () => expectOneLag(sound, 0)],
    [
      "seams of the sound",
      () => {
        if (sound.fragments.length === 1) return;
        for (const [where, ratio] of Object.entries(measureSeams(sound))) {
          expect(ratio, `noise at ${where}`).toBeLessThanOrEqual(1.5);
        }
      },
    ],
    ["init segment of the sound", () => expectTrueSound(sound, played)],
    [
      "lip sync",
      async () => {
        if (!source.hasMarkers) return;
        const added = await measureAdded(played, sound, path);
        expect(added.length, "markers").toBeGreaterThan(0);
        for (const offset of added) expect(Math.abs(offset), "ms added").toBeLessThan(5);
      },
    ],
  ]);
}
