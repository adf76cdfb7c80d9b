import type { IFrameRendition } from "../../shared/media/iframe-rendition.ts";
import type { SegmentSpan } from "../../shared/media/timeline.ts";
import type { Title } from "../../shared/media/title.ts";
import { divide, rational } from "../../shared/rational.ts";
import { colourFilters } from "./colour-filters.ts";
import { globalArgs } from "./input-args.ts";
import { keyframeGridFilters, keyframeInputArgs } from "./keyframe-args.ts";
import { fragmentsArgs } from "./muxer-args.ts";

/**
 * FFmpeg's command line for consecutive I-frames: the source's keyframe at or before each segment's first frame. One
 * fragment more than there are segments comes out: a sample's length is where the next one begins.
 */
export function iframesArgs(
  inputUrl: string,
  title: Title,
  { rung, timeline }: IFrameRendition,
  spans: readonly SegmentSpan[],
  crf: number,
): string[] {
  const borders = [...spans.map(({ firstUnit }) => firstUnit), spans.at(-1)!.endUnit];
  const start = divide(rational(borders[0]!), rung.rate);
  const filters = [
    ...keyframeGridFilters(title, divide(rational(1), rung.rate), start),
    `trim=end_pts=${borders.at(-1)! + 1}`,
    `select=${borders.map((border) => `eq(pts\\,${border})`).join("+")}`,
    ...colourFilters(title.source.video!, rung),
    // Shown when the rung shows it.
    `setpts=PTS+${timeline.decodeOffset / timeline.ticksPerUnit}`,
  ];
  return [
    ...globalArgs,
    ...keyframeInputArgs(inputUrl, title.source, start),
    ...["-map", `0:${title.source.video!.streamIndex}`, "-an", "-sn", "-dn", "-filter_threads", "1"],
    ...["-vf", filters.join(",")],
    ...["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"],
    ...["-level:v", `${Math.floor(rung.level / 10)}.${rung.level % 10}`],
    // Stitchable: the same init segment at any CRF.
    ...["-crf", String(crf), "-x264-params", "stitchable=1:sync-lookahead=0:rc-lookahead=0"],
    ...["-threads:v", "1", "-bf", "0", "-g", "1", "-flags:v", "+bitexact+cgop"],
    ...["-fps_mode", "passthrough", "-enc_time_base:v", `${rung.rate.d}/${rung.rate.n}`],
    ...fragmentsArgs(spans[0]!.index + 1, timeline.timescale),
  ];
}
