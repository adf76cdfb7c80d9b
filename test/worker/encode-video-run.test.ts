import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { segmentCount, segmentSpan } from "../../shared/media/timeline.ts";
import { planTitle, type VideoRendition } from "../../shared/media/title.ts";
import { encodeVideoSegment } from "../../worker/encode-video.ts";
import { encodeVideoRun } from "../../worker/encode-video-run.ts";
import type { RunPart } from "../../worker/ffmpeg/video-args.ts";
import { openSource } from "../../worker/media-folder.ts";
import { probeSource } from "../../worker/probe/probe-source.ts";
import { draw, drawSeed } from "../support/draw.ts";
import { damagedFootage, type FootageName, footage } from "../support/footage.ts";
import { noisyFilm } from "../support/noisy-film.ts";

const policy = { signal: new AbortController().signal, background: false };
const folder = await mkdtemp(join(tmpdir(), "seamline-noise-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function openFilm(path: string) {
  const file = await openSource(dirname(path), basename(path));
  const source = await probeSource(file, { signal: policy.signal, timeoutMs: 60_000 });
  const { video } = await planTitle(source, { segmentSeconds: 4 });
  const rendition = (id: string) => video.find((candidate) => candidate.id === id)!;
  const alone = (rung: VideoRendition, index: number) =>
    encodeVideoSegment(file.inputUrl, source, rung, segmentSpan(rung.timeline, index)!, policy);
  const part = (rung: VideoRendition, index: number) => ({
    rendition: rung,
    span: segmentSpan(rung.timeline, index)!,
  });
  const encode = (parts: readonly RunPart[], changes = {}) =>
    encodeVideoRun(file.inputUrl, source, parts, { ...policy, ...changes });
  const together = (rung: VideoRendition, first: number, count: number, changes = {}) =>
    encode(
      Array.from({ length: count }, (_, k) => part(rung, first + k)),
      changes,
    );
  return { video, rendition, alone, together, part, encode };
}

const RUNS: readonly (readonly [FootageName, string, number, number])[] = [
  // Keyframes up to 10 s apart: most segments begin in the middle of a group.
  ["bbb-480p", "v240", 5, 5],
  ["film-24000-1001-bframes", "v360", 11, 6],
  ["open-gop-mkv", "v240", 5, 5],
  ["vfr-mp4", "v240", 1, 6],
  ["vfr-mkv", "v360", 4, 6],
  ["ts-offset-late-audio", "v240", 2, 6],
  ["fps120-mp4", "v240", 1, 4],
  ["hevc-10bit-mkv", "v240", 2, 3],
  ["anamorphic-mpg", "v240", 1, 4],
  ["rotated-mp4", "v240", 2, 3],
];

describe(`each segment of a run has the bytes that it has alone, with DRAW_SEED=${drawSeed}:`, () => {
  it.each(draw(RUNS, 4))("%s, %s, from segment %i on", async (name, id, first, most) => {
    const { rendition, alone, together } = await openFilm(await footage(name));
    const rung = rendition(id);
    const count = Math.min(most, segmentCount(rung.timeline) - first);
    const { fragments, complaint } = await together(rung, first, count);
    // FFmpeg 7 says more about this one than is known to be harmless, and then nothing of it is used.
    if (name !== "ts-offset-late-audio") expect(complaint).toBeUndefined();
    for (const [k, fragment] of fragments.entries()) {
      expect(fragment === undefined).toBe(complaint !== undefined);
      const lone = await alone(rung, first + k);
      if (fragment) expect(fragment.media.equals(lone.media), `segment ${first + k}`).toBe(true);
      if (fragment)
        expect(fragment.init.equals(lone.init), `init segment with segment ${first + k}`).toBe(true);
    }
  });
});

const RUNS_OF_RUNGS: readonly (readonly [FootageName, number, number])[] = [
  // Of the source's own size and scaled, at an odd rate.
  ["film-24000-1001-bframes", 5, 2],
  // From the middle of a group of pictures.
  ["open-gop-mkv", 6, 2],
  // The last two, whose end is held.
  ["vfr-mp4", 8, 2],
  ["fps120-mp4", 1, 2],
  ["hevc-10bit-mkv", 4, 2],
  // Interlaced, with pixels that are not square.
  ["anamorphic-mp4", 2, 3],
  ["anamorphic-mpg", 3, 2],
  ["rotated-mp4", 0, 2],
  ["portrait-mp4", 3, 2],
  ["odd-size-444-mkv", 3, 2],
];

describe(`each segment of each rung of a run has the bytes that it has alone, with DRAW_SEED=${drawSeed}:`, () => {
  it.each(draw(RUNS_OF_RUNGS, 4))("%s, from segment %i on", async (name, first, count) => {
    const { video, alone, part, encode } = await openFilm(await footage(name));
    expect(video.length).toBeGreaterThan(1);
    // The later segments before the earlier ones, as it comes when some are there already.
    const indices = Array.from({ length: count }, (_, k) => first + k).reverse();
    const parts = indices.flatMap((index) => video.map((rung) => part(rung, index)));
    const { fragments, complaint } = await encode(parts);
    expect(complaint).toBeUndefined();
    for (const [k, { rendition, span }] of parts.entries()) {
      const lone = await alone(rendition, span.index);
      const which = `segment ${span.index} of ${rendition.id}`;
      expect(fragments[k]?.media.equals(lone.media), which).toBe(true);
      expect(fragments[k]?.init.equals(lone.init), `init segment with ${which}`).toBe(true);
    }
  });
});

it("nothing of a run is used in which a picture was damaged", async () => {
  const { rendition, together } = await openFilm(await damagedFootage("corrupted-middle-mp4"));
  const { fragments, complaint } = await together(rendition("v240"), 0, 6);
  expect(complaint).toContain("error while decoding");
  expect(fragments).toEqual(Array.from({ length: 6 }, () => undefined));
});

it("a segment that is too large in a run is left to be made alone, the others are as they are", async () => {
  const { rendition, alone, together } = await openFilm(await noisyFilm(folder));
  const rung = rendition("v480");
  const { fragments, complaint } = await together(rung, 1, 4);
  expect(complaint).toBeUndefined();
  // Noise to 4 s, then a still picture.
  expect(fragments.map((fragment) => fragment !== undefined)).toEqual([false, false, true, true]);
  expect(fragments[2]!.media.equals((await alone(rung, 3)).media)).toBe(true);
});

it("of a run that writes more than is kept, nothing is kept", async () => {
  const { rendition, together } = await openFilm(await noisyFilm(folder));
  const { fragments } = await together(rendition("v480"), 0, 3, { maxOutputBytes: 100_000 });
  expect(fragments).toEqual([undefined, undefined, undefined]);
});
