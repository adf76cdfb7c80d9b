import { clockZero, type SourceInfo } from "../../shared/media/source-info.ts";
import type { Title } from "../../shared/media/title.ts";
import {
  add,
  compare,
  divide,
  type Rational,
  rational,
  subtract,
  toFraction,
  ZERO,
} from "../../shared/rational.ts";
import { inputArgs } from "./input-args.ts";

/** A source may count more frames than its title has: fields, or more than 60 a second. */
const HOLD = 4;
/** A keyframe that lies so little after a moment lies on it: a container's time stamps are rounded, seconds. */
const SLACK = rational(1, 100);

/**
 * Opens a source at the keyframe at or before a moment, and decodes keyframes alone, which is far less than all
 * frames. (To read nothing else either, by `-discard nokey`, gives MP4's pictures wrong time stamps in FFmpeg 5.1.)
 * @param time seconds on the title's clock.
 */
export function keyframeInputArgs(inputUrl: string, source: SourceInfo, time: Rational): string[] {
  const video = source.video!;
  const onSeekClock = add(time, subtract(clockZero(source), source.formatStart));
  const seek = compare(time, ZERO) > 0 ? subtract(onSeekClock, add(video.seekBack, SLACK)) : ZERO;
  return ["-skip_frame:v", "nokey", ...inputArgs(inputUrl, seek)];
}

/**
 * A picture at every moment of a grid from `start` on, without an end: the last keyframe until then, or the next one
 * where the source begins without.
 * @param step seconds from one to the next.
 * @param start a whole multiple of it.
 */
export function keyframeGridFilters(
  { source, video }: Pick<Title, "source" | "video">,
  step: Rational,
  start: Rational,
): readonly string[] {
  return [
    `setpts=PTS-(${toFraction(add(clockZero(source), SLACK))})/TB`,
    // The last keyframe is held for longer than any title lasts, and still not for ever.
    `tpad=stop=${HOLD * video[0]!.timeline.borders.at(-1)!}:stop_mode=clone`,
    // Rounded up, a keyframe counts from the first moment on that is not before it.
    `fps=${toFraction(divide(rational(1), step))}:round=up:start_time=${toFraction(start)}`,
  ];
}
