import {
  borderTime,
  presentationStart,
  segmentCount,
  type Timeline,
  timelineDuration,
} from "../media/timeline.ts";
import type { Title } from "../media/title.ts";
import { compare, multiply, rational, round, toNumber } from "../rational.ts";
import type { Cue } from "./cue.ts";
import { formatWebvtt } from "./format-webvtt.ts";

const MPEG_TICKS = rational(90_000);

/** Borders of a title's subtitles: those of the rendition that lasts longest, of the picture where that is no shorter. */
export function subtitleTimeline({ video, audio }: Title): Timeline {
  return [...video, ...audio]
    .map(({ timeline }) => timeline)
    .reduce((a, b) => (compare(timelineDuration(b), timelineDuration(a)) > 0 ? b : a));
}

/** Cues that stand in a segment: all that are shown at some time of it. Past the end of the last there are no others. */
export function cutCues(cues: readonly Cue[], timeline: Timeline, index: number): readonly Cue[] {
  const fromMs = borderMs(timeline, index);
  const isLast = index === segmentCount(timeline) - 1;
  const toMs = isLast ? Number.POSITIVE_INFINITY : borderMs(timeline, index + 1);
  return cues.filter(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
}

/**
 * A WebVTT segment (RFC 8216bis 3.1.4). Cues have the title's clock, and the header says where its zero lies on the
 * clock of the media's time stamps.
 */
export function formatSubtitleSegment(cues: readonly Cue[], timeline: Timeline, index: number): string {
  const zero = round(multiply(presentationStart(timeline), MPEG_TICKS));
  const map = `X-TIMESTAMP-MAP=MPEGTS:${zero},LOCAL:00:00:00.000`;
  return formatWebvtt(cutCues(cues, timeline, index), [map]);
}

function borderMs(timeline: Timeline, k: number): number {
  return toNumber(borderTime(timeline, k)) * 1000;
}
