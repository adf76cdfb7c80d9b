import { clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import type { SegmentSpan } from "../../shared/media/timeline.ts";
import type { SoundRendition } from "../../shared/media/title.ts";
import {
  add,
  divide,
  max,
  multiply,
  type Rational,
  rational,
  round,
  subtract,
  toDecimal,
  ZERO,
} from "../../shared/rational.ts";
import { seekBefore } from "./audio-args.ts";
import { globalArgs, inputArgs } from "./input-args.ts";
import { muxerArgs } from "./muxer-args.ts";

const MICROSECONDS = rational(1_000_000);

/**
 * FFmpeg's command line for consecutive segments of a sound track as it is. Cuts lie in the middle between two
 * packets' beginnings, so no rounding of a time stamp takes a packet to the other side. (By times rather than by a
 * bitstream filter: which time base such a filter sees depends on FFmpeg's version and on the container.)
 */
export function audioCopyArgs(
  inputUrl: string,
  source: SourceInfo,
  rendition: SoundRendition,
  spans: readonly SegmentSpan[],
): string[] {
  const { audio } = rendition;
  const [{ firstUnit }] = spans as readonly [SegmentSpan];
  const start = subtract(cutTime(rendition, firstUnit), clockZero(source));
  return [
    ...globalArgs,
    ...inputArgs(inputUrl, firstUnit === 0 ? ZERO : seekBefore(source, start)),
    ...spans.flatMap((span, output) => [
      ...["-map", `0:${audio.track.streamIndex}`, "-c:a", "copy", "-copypriorss", "0"],
      ...["-ss", toDecimal(cutTime(rendition, span.firstUnit), 6)],
      ...["-to", toDecimal(cutTime(rendition, span.endUnit), 6)],
      ...muxerArgs(output, span.index + 1, undefined, "after-packets"),
    ]),
  ];
}

/**
 * What to add to the decode times of a segment that FFmpeg copied, ticks: its clock begins at the cut, the title's
 * where the plan says.
 */
export function copyClockShift(rendition: SoundRendition, { firstUnit }: SegmentSpan): number {
  const { timeline, audio } = rendition;
  const cut = subtract(cutTime(rendition, firstUnit), audio.firstPacket!);
  return timeline.decodeOffset + round(multiply(cut, rational(timeline.timescale)));
}

/** Half a packet before unit `unit` begins, whole microseconds on the container's clock, never before its zero. */
function cutTime({ audio, timeline }: SoundRendition, unit: number): Rational {
  const time = add(audio.firstPacket!, divide(rational(2 * unit - 1, 2), timeline.rate));
  return max(rational(round(multiply(time, MICROSECONDS)), MICROSECONDS.n), ZERO);
}
