import { RECIPE_CRF } from "../../shared/media/rate-budget.ts";
import { clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import type { SegmentSpan } from "../../shared/media/timeline.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import type { VideoRendition } from "../../shared/media/title.ts";
import { add, divide, type Rational, rational, subtract, toFraction, ZERO } from "../../shared/rational.ts";
import { deviceArgs, handOverFilters, hardwareEncoderArgs } from "../encoders/hardware-args.ts";
import type { VideoEncoder } from "../encoders/video-encoder.ts";
import { colourFilters } from "./colour-filters.ts";
import { globalArgs, inputArgs } from "./input-args.ts";
import { muxerArgs } from "./muxer-args.ts";
import { seamZones } from "./seam-zones.ts";

/** How hard to try. */
export interface VideoEffort {
  /** Extra seconds to seek back, for a demuxer that landed after the keyframe. */
  readonly seekBack: Rational;
  /** Fill what can't be decoded with the nearest picture that can. */
  readonly conceal: boolean;
  readonly crf: number;
  /** Decode by one thread: what several make of a damaged picture depends on which of them was faster. */
  readonly steady?: boolean;
}

/** What a segment is tried with first; nearly always that is enough. */
export const PLAIN_EFFORT: VideoEffort = { seekBack: ZERO, conceal: false, crf: RECIPE_CRF };

/**
 * FFmpeg's command line for one video segment.
 * @param encoder in hardware; x264 where there is none.
 */
export function videoSegmentArgs(
  inputUrl: string,
  source: SourceInfo,
  rendition: VideoRendition,
  span: SegmentSpan,
  effort: VideoEffort,
  encoder?: VideoEncoder,
): string[] {
  const video = source.video!;
  const filters = videoFilter(source, rendition, span, effort);
  return [
    ...globalArgs,
    ...(encoder ? deviceArgs(encoder) : []),
    ...(effort.steady ? ["-threads", "1"] : []),
    ...inputArgs(inputUrl, seekTo(source, rendition, span, effort)),
    ...["-map", `0:${video.streamIndex}`, "-an", "-sn", "-dn", "-filter_threads", "1"],
    ...["-vf", [filters, ...(encoder ? handOverFilters(encoder.family) : [])].join(",")],
    ...(encoder
      ? hardwareEncoderArgs(encoder, { ...rendition, crf: effort.crf })
      : encoderArgs(rendition, span, effort)),
    ...muxerArgs(0, span.index + 1, rendition.timeline.timescale),
  ];
}

/** One segment among those that are made together. */
export interface RunPart {
  readonly rendition: VideoRendition;
  readonly span: SegmentSpan;
}

/**
 * FFmpeg's command line for segments of a title, of one rung or several with one grid of frames: the source is
 * decoded once, from the earliest of them on, then each has an encoder of its own, so that its bytes are those it
 * has alone.
 */
export function videoRunArgs(inputUrl: string, source: SourceInfo, parts: readonly RunPart[]): string[] {
  const first = parts.reduce((a, b) => (b.span.firstUnit < a.span.firstUnit ? b : a));
  const names = parts.map((_, output) => `[c${output}]`).join("");
  const picture = `[0:${source.video!.streamIndex}]${gridFilters(source, first.rendition, "")}`;
  const graph = [
    `${picture},split=${parts.length}${names}`,
    ...parts.map(
      ({ rendition, span }, output) =>
        `[c${output}]${cutFilters(source, rendition, span, false)}[s${output}]`,
    ),
  ];
  return [
    ...globalArgs,
    ...inputArgs(inputUrl, seekTo(source, first.rendition, first.span, PLAIN_EFFORT)),
    ...["-filter_complex_threads", "1", "-filter_complex", graph.join(";")],
    ...parts.flatMap(({ rendition, span }, output) => [
      ...["-map", `[s${output}]`, ...encoderArgs(rendition, span, PLAIN_EFFORT)],
      ...muxerArgs(output, span.index + 1, rendition.timeline.timescale),
    ]),
  ];
}

/** The keyframe at or before the segment's first frame, or the file's beginning for its first segment. */
export function seekTo(
  source: SourceInfo,
  rendition: Pick<VideoRendition, "rung">,
  span: Pick<SegmentSpan, "firstUnit">,
  effort: Pick<VideoEffort, "seekBack">,
): Rational {
  if (span.firstUnit === 0) return rational(0);
  const first = divide(add(rational(span.firstUnit), seekNudge(source)), rendition.rung.rate);
  const onSeekClock = add(first, subtract(clockZero(source), source.formatStart));
  // A deinterlacer looks at the field before.
  const lead = source.video!.interlaced ? rational(1, 5) : rational(0);
  return subtract(onSeekClock, add(add(source.video!.seekBack, lead), effort.seekBack));
}

/**
 * Frames to add to the seek target. MP4 seeks by presentation time: a little late finds a keyframe that
 * is the first frame itself, where early would decode the whole GOP before it for nothing. Elsewhere
 * half a frame early, so that rounding never loses the first one.
 */
export function seekNudge(source: SourceInfo): Rational {
  return source.format.startsWith("mov,") ? rational(1, 4) : rational(-1, 2);
}

function videoFilter(
  source: SourceInfo,
  rendition: VideoRendition,
  span: SegmentSpan,
  { conceal }: VideoEffort,
): string {
  const { rate } = rendition.rung;
  const start = conceal ? `:start_time=${span.firstUnit * rate.d}/${rate.n}` : "";
  return [gridFilters(source, rendition, start), cutFilters(source, rendition, span, conceal)].join(",");
}

/** Puts pictures on the title's grid of frames: after `fps` a time stamp is the absolute frame number. */
export function gridFilters(
  source: SourceInfo,
  { rung }: Pick<VideoRendition, "rung">,
  start: string,
): string {
  return [
    `setpts=round(PTS-(${toFraction(clockZero(source))})/TB)`,
    ...(source.video!.interlaced ? ["yadif=deint=interlaced"] : []),
    `fps=${toFraction(rung.rate)}${start}`,
  ].join(",");
}

/** Cuts a segment from that grid, to the frame, and makes the rung's pictures of it. */
function cutFilters(
  source: SourceInfo,
  { rung, timeline }: VideoRendition,
  span: SegmentSpan,
  conceal: boolean,
): string {
  const isLast = span.index === segmentCount(timeline) - 1;
  // The last frame may last a little shorter than its place on the grid.
  const hold = conceal ? "tpad=stop=-1:stop_mode=clone" : isLast ? "tpad=stop=2:stop_mode=clone" : undefined;
  return [
    ...(hold ? [hold] : []),
    `trim=start_pts=${span.firstUnit}:end_pts=${span.endUnit}`,
    ...colourFilters(source.video!, rung),
  ].join(",");
}

function encoderArgs(
  { rung, timeline }: VideoRendition,
  { firstUnit, endUnit }: SegmentSpan,
  { crf }: VideoEffort,
): string[] {
  const x264 = ["sync-lookahead=0", "lookahead-threads=2", "stitchable=1", seamZones(endUnit - firstUnit)];
  return [
    ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"],
    ...["-level:v", `${Math.floor(rung.level / 10)}.${rung.level % 10}`],
    // No VBV, and no look-ahead thread (sync-lookahead): on a busy machine either makes x264 decide
    // otherwise now and then. The segment's size is checked afterwards, and threads that share each
    // look-ahead step make up for the time.
    // Stitchable: the init segment is the same whatever the CRF, or else a segment that had to be made at another
    // one would not play with the others.
    ...["-crf", String(crf), "-x264-params", x264.join(":")],
    // Another number of threads makes other bytes: pinned, never automatic.
    ...["-threads:v", "2", "-bf", timeline.compositionOffset > 0 ? "3" : "0"],
    // One IDR frame, at the start: scene cuts inside a segment need none.
    ...["-g", "99999", "-keyint_min", "1", "-sc_threshold", "0"],
    ...["-flags:v", "+bitexact+cgop", "-fps_mode", "passthrough"],
    ...["-enc_time_base:v", `${rung.rate.d}/${rung.rate.n}`],
  ];
}
