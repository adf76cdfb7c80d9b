import type { SourceInfo } from "../shared/media/source-info.ts";
import { segmentCount } from "../shared/media/timeline.ts";
import type { VideoRendition } from "../shared/media/title.ts";
import { pictureColour } from "./ffmpeg/picture-colour.ts";

/** Film of the longest run, seconds. All of a run comes out at its end: whoever asks for a part waits for all. */
const LONGEST_SECONDS = 24;

/** Data of one FFmpeg, of which it touches about half; what a place has by `concurrency.ts` bounds that half. */
const RUN_BYTES = 1152 * 2 ** 20;
/** Of which decoding takes this, and so much for each pixel of the source. */
const DECODE_BYTES = 64 * 2 ** 20;
const DECODE_BYTES_PER_PIXEL = 32;
/** Each encoder has its own threads, look-ahead and reference pictures. */
const ENCODER_BYTES = 40 * 2 ** 20;
const ENCODER_BYTES_PER_PIXEL = 140;
/** Pictures in floats on their way from HDR. */
const TONE_MAPPING_BYTES_PER_PIXEL = 24;

/** What a run is held to. */
export interface RunLimits {
  /** How soon the first of it is needed. */
  readonly dueInMs: number;
  /** What a program may have. */
  readonly memoryBytes: number;
  /** Seconds of film a second that a run is good for whose largest rung it is. */
  readonly speedOf: (largest: VideoRendition) => number;
}

/** What a run makes of one rung: segments that follow each other. */
export interface RunShare {
  readonly rendition: VideoRendition;
  readonly first: number;
  readonly count: number;
}

/** How long a run should take at most. */
export function plannedRunMs(shares: readonly RunShare[], { speedOf }: Pick<RunLimits, "speedOf">): number {
  const { largest, filmSeconds } = runExtent(shares);
  return (1000 * filmSeconds) / speedOf(largest);
}

/** The largest rung of a run, and how much film of that takes as long to encode as all of the run, seconds. */
export function runExtent(shares: readonly RunShare[]): { largest: VideoRendition; filmSeconds: number } {
  const largest = shares.reduce((a, b) => (pixels(b) > pixels(a) ? b : a));
  const filmSeconds = shares.reduce(
    (sum, share) => sum + (seconds(share) * pixels(share)) / pixels(largest),
    0,
  );
  return { largest: largest.rendition, filmSeconds };
}

function pixels({ rendition: { rung } }: RunShare): number {
  return rung.width * rung.height;
}

function seconds({ rendition: { timeline }, first, count }: RunShare): number {
  const frames = timeline.borders[first + count]! - timeline.borders[first]!;
  return (frames * timeline.rate.d) / timeline.rate.n;
}

/** Whether there is time and memory to make all of that by one FFmpeg. */
export function fitsRun(source: SourceInfo, shares: readonly RunShare[], limits: RunLimits): boolean {
  const bytes = shares.reduce(
    (sum, { rendition, count }) => sum + count * encoderBytes(source, rendition),
    0,
  );
  return bytes <= encodingBytes(source, limits) && plannedRunMs(shares, limits) <= limits.dueInMs;
}

/**
 * How many segments from `first` on one FFmpeg makes together, at least 1: as much film as will be there when
 * the first of it is needed, and as many encoders as there is memory for.
 */
export function runLength(
  source: SourceInfo,
  rendition: VideoRendition,
  first: number,
  limits: RunLimits,
): number {
  const { borders, rate } = rendition.timeline;
  const encoders = mostEncoders(source, rendition, limits);
  const seconds = Math.min(LONGEST_SECONDS, (limits.dueInMs / 1000) * limits.speedOf(rendition));
  // A rate of 24000/1001 makes segments of 4.004 s: six of them are not to become five.
  const lastFrame = borders[first]! + Math.ceil((seconds * rate.n) / rate.d) + 1;
  let length = 1;
  while (
    length < encoders &&
    first + length < segmentCount(rendition.timeline) &&
    borders[first + length + 1]! <= lastFrame
  )
    length += 1;
  return length;
}

/** Encoders of a rung that one FFmpeg has memory for. */
export function mostEncoders(source: SourceInfo, rendition: VideoRendition, limits: RunLimits): number {
  return Math.max(0, Math.floor(encodingBytes(source, limits) / encoderBytes(source, rendition)));
}

function encoderBytes(source: SourceInfo, { rung }: VideoRendition): number {
  const isHdr = pictureColour(source.video!).transfer !== "sdr";
  const perPixel = ENCODER_BYTES_PER_PIXEL + (isHdr ? TONE_MAPPING_BYTES_PER_PIXEL : 0);
  return ENCODER_BYTES + perPixel * rung.width * rung.height;
}

/** Memory of one FFmpeg less what it takes to decode. */
function encodingBytes(source: SourceInfo, { memoryBytes }: RunLimits): number {
  const { width, height } = source.video!;
  return Math.min(RUN_BYTES, memoryBytes) - DECODE_BYTES - DECODE_BYTES_PER_PIXEL * width * height;
}
