import { compare, divide, multiply, type Rational, rational, round } from "../rational.ts";
import { type AvcLevel, lowestAvcLevel } from "./avc-level.ts";
import type { AudioTrack, VideoTrack } from "./source-info.ts";

/** One video rendition: what to make of the source's picture. */
export interface Rung {
  /** `v720`: the rendition's name in URLs and storage. */
  readonly id: string;
  /** `720p`, by the short side of the picture. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate: Rational;
  readonly averageBitrate: number;
  /** No segment is larger than this times its duration; bit/s. */
  readonly peakBitrate: number;
  readonly level: AvcLevel;
}

/** One audio rendition of a source track. */
export interface AudioRendition {
  /** `a0` in stereo, `m0` in 5.1, `d0` as it is: by the track's place among the audio tracks. */
  readonly id: string;
  readonly track: AudioTrack;
  /** AC-3 and E-AC-3 are the source's own packets, everything else is encoded. */
  readonly codec: "aac" | "ac3" | "eac3";
  /** Of packets that are copied: when the first one begins, seconds on the container's clock. */
  readonly firstPacket?: Rational;
  readonly sampleRate: number;
  readonly channels: number;
  readonly averageBitrate: number;
  readonly peakBitrate: number;
}

/** Short side, average and peak kbit/s. */
const RUNGS: readonly (readonly [number, number, number])[] = [
  [240, 400, 700],
  [360, 800, 1400],
  [480, 1200, 2100],
  [720, 2400, 4000],
  [1080, 4800, 8000],
  [1440, 9600, 12000],
  [2160, 16000, 28000],
  [4320, 28000, 40000],
];

const MAX_RATE = rational(60);
const MIN_RATE = rational(1);
/** Of the media's time stamps; FFmpeg's own never has more. */
const MAX_TIMESCALE = 1_000_000;
/** The rates that films are made at; a measured average near one of these means it. */
const STANDARD_RATES = [
  rational(24000, 1001),
  rational(24),
  rational(25),
  rational(30000, 1001),
  rational(30),
  rational(48),
  rational(50),
  rational(60000, 1001),
  rational(60),
];

/** Rungs from the smallest up, none above the source's own size; a tiny source gets one of its own size. */
export function videoLadder(video: VideoTrack): readonly Rung[] {
  const { width, height } = displaySize(video);
  const shortSide = Math.min(width, height);
  const rate = outputRate(video);
  const fitting = RUNGS.filter(([side]) => side <= shortSide);
  const [smallest] = RUNGS;
  const chosen = fitting.length > 0 ? fitting : [[shortSide, smallest![1], smallest![2]] as const];
  return chosen.map(([side, average, peak]) => {
    const size = scaleToShortSide(width, height, side);
    const peakBitrate = peak * 1000;
    return {
      id: `v${side}`,
      name: `${side}p`,
      ...size,
      rate,
      averageBitrate: average * 1000,
      peakBitrate,
      level: lowestAvcLevel({ ...size, rate, bitrate: peakBitrate }),
    };
  });
}

/** Every track in stereo; those with six channels or more in 5.1, too. */
export function audioRenditions(tracks: readonly AudioTrack[]): readonly AudioRendition[] {
  return tracks.flatMap((track, position) => {
    const common = { track, codec: "aac", sampleRate: outputSampleRate(track.sampleRate) } as const;
    const stereo = {
      ...common,
      id: `a${position}`,
      channels: 2,
      averageBitrate: 128_000,
      peakBitrate: 192_000,
    };
    if (track.channels < 6) return [stereo];
    const surround = {
      ...common,
      id: `m${position}`,
      channels: 6,
      averageBitrate: 384_000,
      peakBitrate: 512_000,
    };
    return [stereo, surround];
  });
}

/** Size on a screen of square pixels, upright. */
export function displaySize(video: VideoTrack): { width: number; height: number } {
  const width = Math.max(1, round(multiply(rational(video.width), video.sampleAspectRatio)));
  const upright = video.rotation === 0 || video.rotation === 180;
  return upright ? { width, height: video.height } : { width: video.height, height: width };
}

/**
 * The constant rate of the output: the source's own where it has one. A variable rate becomes the grid
 * on which each of its frames has a place; above 60 frames/s, or where there is no such grid, 60.
 */
export function outputRate(video: VideoTrack): Rational {
  const { baseRate, averageRate, interlaced } = video;
  // An interlaced stream may count fields; frames come out.
  const base =
    interlaced && isNear(baseRate, multiply(averageRate, rational(2)), 0.01) ? averageRate : baseRate;
  const rate = STANDARD_RATES.find((standard) => isNear(base, standard, 0.0004)) ?? base;
  if (compare(rate, MIN_RATE) < 0) return MIN_RATE;
  if (compare(rate, MAX_RATE) <= 0) return withinTicks(rate);
  const average = STANDARD_RATES.find((standard) => isNear(averageRate, standard, 0.0004));
  return average && !isNear(base, averageRate, 0.01) ? average : MAX_RATE;
}

/** A rate of broken numbers becomes one of whole thousandths: time stamps count in its parts. */
function withinTicks(rate: Rational): Rational {
  return Math.max(rate.n, rate.d) <= MAX_TIMESCALE
    ? rate
    : rational(round(multiply(rate, rational(1000))), 1000);
}

function isNear(a: Rational, b: Rational, tolerance: number): boolean {
  const ratio = divide(a, b);
  return Math.abs(ratio.n / ratio.d - 1) <= tolerance;
}

function scaleToShortSide(width: number, height: number, side: number): { width: number; height: number } {
  const even = (value: number) => Math.max(2, 2 * Math.floor(value / 2));
  const long = (a: number, b: number) => Math.max(2, 2 * Math.round((side * a) / b / 2));
  return width >= height
    ? { width: long(width, height), height: even(side) }
    : { width: even(side), height: long(height, width) };
}

/**
 * 48, 44.1 or 32 kHz: a whole multiple or divisor of the source's rate where there is one, so that a
 * resampler started anywhere makes the same samples.
 */
function outputSampleRate(source: number): number {
  if (source === 32000 || source === 64000) return 32000;
  return source % 11025 === 0 ? 44100 : 48000;
}
