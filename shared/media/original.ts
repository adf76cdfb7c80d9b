import * as z from "zod";
import { divide, multiply, type Rational, rational, round, toNumber } from "../rational.ts";
import { outputRate } from "./ladder.ts";
import type { VideoTrack } from "./source-info.ts";
import { presentationStart, type Timeline, targetDuration } from "./timeline.ts";
import type { Title } from "./title.ts";

/** The original picture's rendition, and what has been found out about it, in the title's folder. */
export const ORIGINAL_ID = "o0";
export const ORIGINAL_INDEX = `${ORIGINAL_ID}/index.json`;

/** What a segment has besides its packets: headers, and what they say of each picture, at 60 a second. */
const FRAGMENT_BYTES = 300;
const FRAGMENT_BYTES_PER_SECOND = 1000;
/** Codecs that players decode from fragmented MP4, in FFmpeg's names. */
const COPIED_CODECS = new Set(["h264", "hevc", "av1", "vp9"]);

/** How a file's time stamps become the media's. */
export interface OriginalClock {
  /** Of the file, ticks a second. */
  readonly sourceTimescale: number;
  /** Of the media, ticks a second. */
  readonly timescale: number;
  /** Media times are whole multiples of so many ticks: one frame, where the picture lies on the rungs' grid. */
  readonly step: number;
}

/** What is known of the original picture once its keyframes were looked up. */
export type OriginalIndex =
  | {
      readonly kind: "copied";
      /** As in CODECS (RFC 6381). */
      readonly codec: string;
      readonly clock: OriginalClock;
      /** Presentation times of the keyframes where segments begin, ticks of the file's own clock. */
      readonly cuts: readonly number[];
      /** The same since the title's zero, and the end, ticks of the media's clock. */
      readonly borders: readonly number[];
      /** Bytes of each segment, or a little more where the file does not tell. */
      readonly bytes: readonly number[];
      /** How far decode times lie before presentation times, ticks. */
      readonly reorderTicks: number;
      /** Each segment decodes without the one before it. */
      readonly isIndependent: boolean;
    }
  /** @property reason a sentence for people. */
  | { readonly kind: "unavailable"; readonly reason: string };

const ticks = z.int().nonnegative();

export const originalIndexSchema: z.ZodType<OriginalIndex> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("copied"),
    codec: z.string(),
    clock: z.object({
      sourceTimescale: z.int().positive(),
      timescale: z.int().positive(),
      step: z.int().positive(),
    }),
    cuts: z.array(z.int()).min(1),
    borders: z.array(ticks).min(2),
    bytes: z.array(ticks),
    reorderTicks: ticks,
    isIndependent: z.boolean(),
  }),
  z.object({ kind: z.literal("unavailable"), reason: z.string() }),
]);

/** The picture as it is in the file, cut at its own keyframes. */
export interface OriginalRendition {
  readonly kind: "original";
  readonly id: typeof ORIGINAL_ID;
  /** In ticks: a picture's frames need not be equally long. */
  readonly timeline: Timeline;
  readonly clock: OriginalClock;
  /** Where segments begin, ticks of the file's own clock. */
  readonly cuts: readonly number[];
  readonly codec: string;
  readonly peakBitrate: number;
  readonly averageBitrate: number;
  readonly reorderTicks: number;
  readonly isIndependent: boolean;
}

/** Why a picture can't be copied whatever its keyframes; undefined where it can. */
export function notCopied({ codec, rotation, interlaced, colour }: VideoTrack): string | undefined {
  if (!COPIED_CODECS.has(codec)) return `Players don't decode ${codec} from HLS.`;
  if (rotation !== 0) return "It is stored turned, and players would show it so.";
  if (interlaced) return "It is interlaced, and most players would show it with combs.";
  if (colour.dolbyVisionProfile === 5)
    return "It is Dolby Vision without a base that other screens show right.";
  return undefined;
}

/** The rendition that an index describes; undefined where there is none. */
export function planOriginal(title: Title, index: OriginalIndex): OriginalRendition | undefined {
  const picture = title.video[0];
  if (index.kind !== "copied" || !picture) return undefined;
  const { clock, cuts, borders, bytes, codec, reorderTicks, isIndependent } = index;
  const { timescale } = clock;
  const timeline: Timeline = {
    rate: rational(timescale),
    timescale,
    ticksPerUnit: 1,
    borders,
    // Shown as late as the rungs are, which need room to reorder.
    decodeOffset: round(multiply(presentationStart(picture.timeline), rational(timescale))),
    compositionOffset: 0,
  };
  const target = sharedTargetDuration(title, { timeline });
  const secondsOf = (ticks: number) => toNumber(rational(ticks, timescale));
  const sizes = bytes.map(
    (size, k) => size + FRAGMENT_BYTES + FRAGMENT_BYTES_PER_SECOND * secondsOf(borders[k + 1]! - borders[k]!),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    ...{
      kind: "original",
      id: ORIGINAL_ID,
      timeline,
      clock,
      cuts,
      codec,
      reorderTicks,
      isIndependent,
    },
    peakBitrate: peakBitrate(borders, sizes, timescale, target),
    averageBitrate: Math.ceil((8 * total) / secondsOf(borders.at(-1)!)),
  };
}

/** Target duration of playlists with the original picture and their sound: RFC 8216bis 6.2.4 wants one for all. */
export function sharedTargetDuration(
  title: Title,
  { timeline }: Pick<OriginalRendition, "timeline">,
): number {
  return Math.max(title.targetDuration, targetDuration([timeline]));
}

/**
 * The media time of a time stamp, ticks.
 * @param sinceZero the time stamp less the title's zero, ticks of the file's own clock.
 */
export function mediaTicks({ sourceTimescale, timescale, step }: OriginalClock, sinceZero: number): number {
  return Math.round((sinceZero * timescale) / (sourceTimescale * step)) * step;
}

/** FRAME-RATE of the original. */
export function originalRate(video: VideoTrack): Rational {
  const grid = outputRate(video);
  const ratio = toNumber(divide(video.averageRate, grid));
  // A variable rate is declared as its average.
  return ratio > 0.5 && ratio < 0.99 ? video.averageRate : grid;
}

/**
 * The largest bit rate of any contiguous segments that last half to one and a half target durations
 * (RFC 8216bis 4.1, peak segment bit rate).
 */
export function peakBitrate(
  borders: readonly number[],
  bytes: readonly number[],
  timescale: number,
  targetSeconds: number,
): number {
  let peak = 0;
  for (let first = 0; first < bytes.length; first++) {
    let size = 0;
    for (let last = first; last < bytes.length; last++) {
      size += bytes[last]!;
      const seconds = (borders[last + 1]! - borders[first]!) / timescale;
      if (seconds > 1.5 * targetSeconds) break;
      if (seconds >= 0.5 * targetSeconds || bytes.length === 1) peak = Math.max(peak, (8 * size) / seconds);
    }
  }
  return Math.ceil(peak);
}
