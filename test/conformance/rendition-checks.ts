import { createHash } from "node:crypto";
import { expect } from "vitest";
import { borders, peakBitrate, type ReadRendition, steps } from "./fragment-times.ts";
import type { PlayedSource } from "./played-source.ts";
import { bandwidth, type PlayedRendition } from "./served-title.ts";

/** `step` ticks from each sample to the next in both orders, and from each segment to the next. */
export function expectEven(rendition: ReadRendition, step: number): void {
  for (const { expected, tfdt } of borders(rendition)) expect(tfdt).toBe(expected);
  const even = rendition.fragments.flatMap(({ samples }) => samples).length > 1 ? [step] : [];
  expect({ dts: steps(rendition, "dts"), pts: steps(rendition, "pts") }).toEqual({ dts: even, pts: even });
}

/** Each EXTINF is, to its six decimals, what its segment's samples last. */
export function expectPlanned(
  { fragments, rendition }: PlayedRendition & ReadRendition,
  perSecond: number,
): void {
  const { segments } = rendition.playlist;
  expect(fragments.length).toBe(segments.length);
  for (const [index, { samples }] of fragments.entries()) {
    expect(Math.abs(samples.length / perSecond - segments[index]!.seconds)).toBeLessThan(1.5e-6);
  }
}

/** The same target duration in all media playlists, and no longer segment. */
export function expectTargetDuration({ title }: PlayedSource): void {
  const playlists = [...title.rungs, ...title.sounds].map(({ playlist }) => playlist);
  expect(new Set(playlists.map(({ targetDuration }) => targetDuration)).size).toBe(1);
  for (const { segments, targetDuration } of playlists) {
    // RFC 8216bis 4.4.3.1: rounded to the nearest integer.
    const rounded = segments.map(({ seconds }) => Math.round(seconds));
    expect(Math.max(...rounded)).toBeLessThanOrEqual(targetDuration);
  }
}

/** Never more than BANDWIDTH. */
export function expectBandwidth(played: PlayedSource): void {
  const sound = Math.max(0, ...played.sounds.map(peakBitrate));
  const variants = [...(played.video ? [played.video] : []), ...played.largerRungs];
  for (const variant of variants) {
    expect(peakBitrate(variant) + sound).toBeLessThanOrEqual(bandwidth(variant.rendition));
  }
  if (!played.video) expect(sound).toBeLessThanOrEqual(bandwidth(played.title.sounds[0]!));
}

/** `v240/3 <SHA-256>` for each segment; the init segment first, without a number. */
export function hashes({ rendition, init, segments }: PlayedRendition): string[] {
  const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  return [
    `${rendition.id} ${sha256(init)}`,
    ...segments.map((bytes, index) => `${rendition.id}/${index} ${sha256(bytes)}`),
  ];
}
