import {
  ceil,
  compare,
  divide,
  max,
  multiply,
  type Rational,
  rational,
  round,
  subtract,
  toNumber,
  ZERO,
} from "../rational.ts";
import { bordersAtCuts } from "./borders-at-cuts.ts";
import { parseCuts } from "./copied-cuts.ts";
import type { AudioRendition } from "./ladder.ts";
import { type AudioTrack, clockZero, type PictureCopy, type SourceInfo } from "./source-info.ts";

/** Samples of one AAC frame (ISO/IEC 14496-3). */
export const AAC_FRAME_SAMPLES = 1024;

/**
 * Where the segments of one rendition begin and end, counted in whole units: frames of the picture or
 * AAC frames. Segment k spans units [borders[k], borders[k + 1]).
 */
export interface Timeline {
  /** Units a second. */
  readonly rate: Rational;
  /** Ticks a second of the media's time stamps. */
  readonly timescale: number;
  readonly ticksPerUnit: number;
  /** Strictly increasing, from 0; one more than there are segments. */
  readonly borders: readonly number[];
  /** Decode time of unit 0, ticks. */
  readonly decodeOffset: number;
  /** Presentation time less decode time of a segment's first sample, ticks: room to reorder B-frames. */
  readonly compositionOffset: number;
}

/**
 * Frames by which the picture is decoded ahead of its presentation: x264's, for B-frames that others
 * refer to. Decode times begin at 0 and can't be negative, so everything is shown this much later, sound
 * too. (CMAF would allow negative composition offsets instead, but widespread demuxers misread them and
 * put the picture late against the sound.)
 */
const REORDER_FRAMES = 2;
/** With fewer frames in a segment x264 leaves no room to reorder. */
const FEWEST_FRAMES_TO_REORDER = 4;
/** Below this the two frames would be a gap that a viewer notices at the start. */
const LOWEST_RATE_TO_REORDER = rational(10);

/** Span of a segment in units, and its decode time in ticks of the timescale. */
export interface SegmentSpan {
  readonly index: number;
  readonly firstUnit: number;
  readonly endUnit: number;
  readonly decodeTime: number;
}

/**
 * Frame grid of the picture: short segments first so that a picture comes early, then even ones; where the picture
 * is offered as it is, too, a segment begins wherever one of that does, so that players change between them freely.
 */
export function videoTimeline(source: SourceInfo, rate: Rational, segmentSeconds: number): Timeline {
  const video = source.video!;
  const length = subtract(video.end, video.start);
  const frames = Math.max(1, round(multiply(length, rate)));
  const copy = plannedCopy(source, segmentSeconds);
  const borders = copy
    ? bordersAtCuts(parseCuts(copy.cuts), frames, rate, segmentSeconds)
    : shortStartBorders(frames, rate, segmentSeconds);
  const fewest = Math.min(...borders.slice(1).map((border, k) => border - borders[k]!));
  const reorders = fewest >= FEWEST_FRAMES_TO_REORDER && compare(rate, LOWEST_RATE_TO_REORDER) >= 0;
  return {
    rate,
    timescale: rate.n,
    ticksPerUnit: rate.d,
    borders,
    decodeOffset: 0,
    compositionOffset: reorders ? REORDER_FRAMES * rate.d : 0,
  };
}

/** The picture as it is in the file, where it is a variant of the plan. */
export function plannedCopy({ video }: SourceInfo, segmentSeconds: number): PictureCopy | undefined {
  return video?.copy?.segmentSeconds === segmentSeconds ? video.copy : undefined;
}

/** Where that is cut, on the grid of a picture that is cut there, too. */
export function copiedTimeline({ cuts }: PictureCopy, picture: Timeline): Timeline {
  return { ...picture, borders: [...parseCuts(cuts), picture.borders.at(-1)!] };
}

/** Whether each segment of the rungs begins where one of the copied picture does. */
export function beginTogether(copy: PictureCopy, picture: Timeline): boolean {
  // The rungs have a border wherever the copied picture has one.
  return copiedTimeline(copy, picture).borders.length === picture.borders.length;
}

/**
 * AAC frame grid of a sound track, cut next to the picture's borders. Sound that ends early is filled up
 * with silence to the picture's end; sound that goes on after the picture goes on here too.
 */
export function audioTimeline(
  source: SourceInfo,
  rendition: AudioRendition,
  picture: Timeline | undefined,
  segmentSeconds: number,
): Timeline {
  const rate = rational(rendition.sampleRate, AAC_FRAME_SAMPLES);
  const soundEnd = trackLength(source, rendition.track);
  const borders = picture
    ? followPicture(picture, rate, soundEnd, segmentSeconds)
    : shortStartBorders(unitsWithin(soundEnd, rate), rate, segmentSeconds);
  return {
    rate,
    timescale: rendition.sampleRate,
    ticksPerUnit: AAC_FRAME_SAMPLES,
    borders,
    decodeOffset: picture ? round(multiply(presentationStart(picture), rational(rendition.sampleRate))) : 0,
    compositionOffset: 0,
  };
}

/** When unit 0 is presented, seconds on the clock of the media's time stamps. */
export function presentationStart(timeline: Timeline): Rational {
  return rational(timeline.decodeOffset + timeline.compositionOffset, timeline.timescale);
}

export function segmentCount(timeline: Timeline): number {
  return timeline.borders.length - 1;
}

/** The span of segment `index`; undefined past the end. */
export function segmentSpan(timeline: Timeline, index: number): SegmentSpan | undefined {
  const firstUnit = timeline.borders[index];
  const endUnit = timeline.borders[index + 1];
  if (firstUnit === undefined || endUnit === undefined) return undefined;
  return {
    index,
    firstUnit,
    endUnit,
    decodeTime: timeline.decodeOffset + firstUnit * timeline.ticksPerUnit,
  };
}

/** When border k lies, seconds on the title's clock. */
export function borderTime(timeline: Timeline, k: number): Rational {
  return divide(rational(timeline.borders[k]!), timeline.rate);
}

export function timelineDuration(timeline: Timeline): Rational {
  return borderTime(timeline, timeline.borders.length - 1);
}

function trackLength(source: SourceInfo, track: AudioTrack): Rational {
  return track.end ? max(subtract(track.end, clockZero(source)), ZERO) : ZERO;
}

/** How many units begin before `end`; an end that lies on the grid, give or take a hair, adds none. */
export function unitsWithin(end: Rational, rate: Rational): number {
  return Math.max(1, ceil(subtract(multiply(end, rate), rational(1, 20))));
}

/** Borders at 1, 2 and 4 s, then every `segmentSeconds`, each on a whole unit. */
export function shortStartBorders(units: number, rate: Rational, segmentSeconds: number): number[] {
  const step = Math.max(1, round(multiply(rate, rational(segmentSeconds))));
  const short = [1, 2].map((seconds) => Math.max(1, round(multiply(rate, rational(seconds)))));
  const borders = [0, ...short].filter((border) => border < step && border < units);
  for (let border = step; border < units; border += step) borders.push(border);
  borders.push(units);
  return evenOutTail(borders);
}

/** A last segment less than half as long as the one before it shares that one's length. */
function evenOutTail(borders: number[]): number[] {
  if (borders.length < 3) return borders;
  const [start, border, end] = borders.slice(-3) as [number, number, number];
  if (2 * (end - border) >= border - start) return borders;
  return borders.with(-2, Math.floor((start + end) / 2));
}

function followPicture(
  picture: Timeline,
  rate: Rational,
  soundEnd: Rational,
  segmentSeconds: number,
): number[] {
  const perBorder = divide(rate, picture.rate);
  const borders = picture.borders.map((border) => round(multiply(rational(border), perBorder)));
  const distinct = borders.filter((border, k) => k === 0 || border > borders[k - 1]!);
  if (distinct.length === 1) distinct.push(1);
  return appendOverhang(distinct, unitsWithin(soundEnd, rate), rate, segmentSeconds);
}

/** Sound past the picture's end joins the last segment where that stays within the segment length. */
export function appendOverhang(
  borders: number[],
  end: number,
  rate: Rational,
  segmentSeconds: number,
): number[] {
  const pictureEnd = borders.at(-1)!;
  if (end <= pictureEnd) return borders;
  const step = Math.max(1, round(multiply(rate, rational(segmentSeconds))));
  if (end - borders.at(-2)! <= step) return borders.with(-1, end);
  for (let border = pictureEnd + step; border < end; border += step) borders.push(border);
  borders.push(end);
  return evenOutTail(borders);
}

/**
 * EXT-X-TARGETDURATION of a title (RFC 8216bis 4.4.3.1): no segment's duration, rounded to whole
 * seconds, is longer. All renditions share it.
 */
export function targetDuration(timelines: readonly Timeline[]): number {
  let longest = 1;
  for (const { borders, rate } of timelines)
    for (let k = 1; k < borders.length; k++)
      longest = Math.max(longest, Math.round((borders[k]! - borders[k - 1]!) / toNumber(rate)));
  return longest;
}

/** Longest duration among timelines: the title's. */
export function longestDuration(timelines: readonly Timeline[]): Rational {
  return timelines.map(timelineDuration).reduce(max, ZERO);
}
