import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFragments, readInit } from "../../../check/media/iso-bmff.ts";
import type { SourceInfo } from "../../../shared/media/source-info.ts";
import { sourceInfoSchema } from "../../../shared/media/source-info-schema.ts";
import { type SegmentSpan, segmentSpan, type Timeline } from "../../../shared/media/timeline.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { ZERO } from "../../../shared/rational.ts";
import { audioSegmentsArgs } from "../../../worker/ffmpeg/audio-args.ts";
import { runFfmpeg } from "../../../worker/ffmpeg/run-ffmpeg.ts";
import { videoSegmentArgs } from "../../../worker/ffmpeg/video-args.ts";
import { checkFragment, FragmentError } from "../../../worker/fragment/fragment.ts";
import { openSource } from "../../../worker/media-folder.ts";
import { probeSource } from "../../../worker/probe/probe-source.ts";
import { runProgram } from "../../support/run-program.ts";

const SIGNAL = new AbortController().signal;

interface Made {
  readonly output: Buffer;
  readonly span: SegmentSpan;
  readonly timeline: Timeline;
}

let folder: string;
let source: SourceInfo;
let video: Made;
let audio: Made;

/** Second segment of either kind, of a small film that FFmpeg made just now. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-fragment-"));
  const inputs = "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=d=3:r=48000";
  const output = "-c:v libx264 -preset ultrafast -g 25 -c:a aac -t 3";
  await runProgram("ffmpeg", [...`-v error ${inputs} ${output}`.split(" "), join(folder, "a.mp4")]);
  const file = await openSource(folder, "a.mp4");
  source = await probeSource(file, { signal: SIGNAL, timeoutMs: 60_000 });
  const title = await planTitle(source, { segmentSeconds: 4 });
  const [picture, sound] = [title.video[0]!, title.audio[0]!];
  const policy = { signal: SIGNAL, background: false };
  const effort = { seekBack: ZERO, conceal: false, crf: 23 };
  const pictureSpan = segmentSpan(picture.timeline, 1)!;
  const args = videoSegmentArgs(file.inputUrl, source, picture, pictureSpan, effort);
  video = {
    output: (await runFfmpeg(args, 1, policy)).outputs[0]!,
    span: pictureSpan,
    timeline: picture.timeline,
  };
  const soundSpan = segmentSpan(sound.timeline, 1)!;
  const soundArgs = audioSegmentsArgs(file.inputUrl, source, sound, [soundSpan], { kind: "track" });
  audio = {
    output: (await runFfmpeg(soundArgs, 1, policy)).outputs[0]!,
    span: soundSpan,
    timeline: sound.timeline,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const checkVideo = (output: Buffer, span = video.span) =>
  checkFragment(output, { span, timeline: video.timeline, kind: "video" });
const checkAudio = (output: Buffer, span = audio.span) =>
  checkFragment(output, { span, timeline: audio.timeline, kind: "audio" });

/** A copy of the video output, changed in place. `at` finds the body of a box by its four letters. */
function changed(change: (bytes: Buffer, at: (type: string) => number) => void): Buffer {
  const bytes = Buffer.from(video.output);
  change(bytes, (type) => {
    const found = bytes.indexOf(type, 0, "latin1");
    expect(found, `a ${type} box`).toBeGreaterThan(0);
    return found + 4;
  });
  return bytes;
}

describe("FFmpeg's output", () => {
  it("as planned is taken apart into an init segment and a media segment", () => {
    for (const [made, fragment] of [
      [video, checkVideo(video.output)],
      [audio, checkAudio(audio.output)],
    ] as const) {
      const tracks = readInit(fragment.init);
      expect(tracks).toHaveLength(1);
      expect(tracks[0]!.hasEditList).toBe(false);
      const [read, ...others] = readFragments(fragment.media, tracks);
      expect(others).toEqual([]);
      expect(read!.tfdt).toBe(made.span.decodeTime);
      expect(read!.samples).toHaveLength(made.span.endUnit - made.span.firstUnit);
      expect(fragment.media.subarray(4, 8).toString()).toBe("moof");
    }
  });

  it("is refused where it is cut short, at any byte", () => {
    fc.assert(
      fc.property(fc.nat(video.output.length - 1), (length) => {
        expect(() => checkVideo(video.output.subarray(0, length))).toThrow(FragmentError);
      }),
      { numRuns: 300 },
    );
    expect(() => checkAudio(audio.output.subarray(0, -1))).toThrow(FragmentError);
  });

  it("is refused where there is none, or garbage", () => {
    expect(() => checkVideo(Buffer.alloc(0))).toThrow(FragmentError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(() => checkVideo(Buffer.from(bytes))).toThrow(FragmentError);
      }),
      { numRuns: 300 },
    );
  });

  it("is refused where another segment was asked for", () => {
    const other = segmentSpan(video.timeline, 0)!;
    expect(() => checkVideo(video.output, other)).toThrow(/decode time 12800|decode time \d+ instead of 0/);
    expect(() => checkAudio(audio.output, segmentSpan(audio.timeline, 0)!)).toThrow(FragmentError);
    expect(() => checkVideo(audio.output)).toThrow(FragmentError);
  });

  it("is refused where its decode time is off by one tick", () => {
    const late = changed((bytes, at) => {
      const tfdt = at("tfdt");
      const last = bytes[tfdt] === 1 ? tfdt + 8 : tfdt + 4;
      bytes.writeUInt32BE(bytes.readUInt32BE(last) + 1, last);
    });
    expect(() => checkVideo(late)).toThrow(/decode time/);
  });

  it("is refused where a sample is missing", () => {
    const short = changed((bytes, at) => {
      const count = at("trun") + 4;
      bytes.writeUInt32BE(bytes.readUInt32BE(count) - 1, count);
    });
    expect(() => checkVideo(short)).toThrow(/24 samples instead of 25/);
    expect(() => checkVideo(video.output, { ...video.span, endUnit: video.span.endUnit + 1 })).toThrow(
      /25 samples instead of 26/,
    );
  });

  it("is refused where it says that there are billions of samples", () => {
    const mad = changed((bytes, at) => void bytes.writeUInt32BE(0xffffffff, at("trun") + 4));
    expect(() => checkVideo(mad)).toThrow(FragmentError);
  });

  it("is refused where bytes of samples are missing or left over", () => {
    const mdat = video.output.lastIndexOf("mdat", undefined, "latin1") - 4;
    const longer = Buffer.concat([video.output, Buffer.alloc(1)]);
    longer.writeUInt32BE(longer.readUInt32BE(mdat) + 1, mdat);
    expect(() => checkVideo(longer)).toThrow(/bytes for/);
    expect(() => checkVideo(Buffer.concat([video.output, Buffer.alloc(3)]))).toThrow(/left over/);
  });

  it("is refused where a second sample can be started from, or the first can't", () => {
    const noStart = changed((bytes, at) => {
      const trun = at("trun");
      const flags = bytes.readUInt32BE(trun);
      // The flags of the first sample alone, where the run has them, else of every sample.
      const first =
        trun + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 0 : (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0));
      bytes.writeUInt32BE(bytes.readUInt32BE(first) | 0x10000, first);
    });
    expect(() => checkVideo(noStart)).toThrow(/sync samples/);
    const { timeline, span, output } = audio;
    expect(() => checkFragment(output, { timeline, span, kind: "video" })).toThrow(/sync samples/);
  });

  it("is refused where it comes in two fragments or with an edit list", () => {
    const moof = video.output.indexOf("moof", 0, "latin1") - 4;
    const twice = Buffer.concat([video.output, video.output.subarray(moof)]);
    expect(() => checkVideo(twice)).toThrow(/2 fragments instead of 1/);
    // Any box of the track may pose as the list: its name is what counts.
    const edited = changed((bytes, at) => void bytes.write("edts", at("tkhd") - 4, "latin1"));
    expect(() => checkVideo(edited)).toThrow(/edit list/);
  });

  it("is refused, and never an error of another kind, where any byte of its tables is wrong in a way that matters", () => {
    const moof = video.output.indexOf("moof", 0, "latin1") - 4;
    const mdat = video.output.indexOf("mdat", moof, "latin1") - 4;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: mdat + 7 }), fc.nat(255), (position, value) => {
        const bytes = Buffer.from(video.output);
        bytes[position] = value;
        try {
          checkVideo(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FragmentError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("what the probe finds out", () => {
  it("is the same, property by property, when it comes back from storage: title keys are made of it", () => {
    const stored = sourceInfoSchema.parse(JSON.parse(JSON.stringify(source)));
    expect(JSON.stringify(stored)).toBe(JSON.stringify(source));
  });
});
