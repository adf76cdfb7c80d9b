import { ConfigError } from "../../shared/config.ts";
import { borderTime, segmentCount, type Timeline, timelineDuration } from "../../shared/media/timeline.ts";
import type { Title } from "../../shared/media/title.ts";
import type { SegmentRange } from "../../shared/playlist/media-playlist.ts";
import { toNumber } from "../../shared/rational.ts";

/** What of a title is put into a folder. */
export interface ChosenRange {
  readonly isWhole: boolean;
  /** Seconds on the title's clock: where the picture's segments begin and end, or those of sound without a picture. */
  readonly from: number;
  readonly to: number;
  of(timeline: Timeline): SegmentRange;
}

export interface AskedRange {
  /** Seconds, as they were typed; undefined for the beginning, and the end. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Whole segments that cover what was asked for. @throws ConfigError where that is nothing. */
export function chooseRange(title: Title, asked: AskedRange): ChosenRange {
  const end = toNumber(title.duration);
  const from = parseSeconds("from", asked.from) ?? 0;
  const to = Math.min(parseSeconds("to", asked.to) ?? end, end);
  if (from >= to) {
    throw new ConfigError(
      `there is nothing from ${from} s to ${to} s: “${title.source.path}” goes from 0 to ${end.toFixed(3)} s.`,
    );
  }
  const borders = bordersOf((title.video[0] ?? title.audio[0]!).timeline);
  const first = borders.findLastIndex((border) => border <= from);
  const range = {
    from: borders[Math.min(first, borders.length - 2)]!,
    // Past the last border there is sound alone.
    to: borders.find((border) => border >= to) ?? end,
  };
  const isWhole = range.from === 0 && range.to >= end;
  return { ...range, isWhole, of: (timeline) => rangeOf(timeline, range) };
}

/** Sound is cut next to the picture's borders, not at them. */
function rangeOf(timeline: Timeline, { from, to }: Pick<ChosenRange, "from" | "to">): SegmentRange {
  const borders = bordersOf(timeline);
  const first = Math.min(nearest(borders, from), segmentCount(timeline) - 1);
  const end = to >= toNumber(timelineDuration(timeline)) ? segmentCount(timeline) : nearest(borders, to);
  return { first, end: Math.max(first + 1, end) };
}

function bordersOf(timeline: Timeline): readonly number[] {
  return timeline.borders.map((_, k) => toNumber(borderTime(timeline, k)));
}

function nearest(borders: readonly number[], seconds: number): number {
  const distances = borders.map((border) => Math.abs(border - seconds));
  return distances.indexOf(Math.min(...distances));
}

function parseSeconds(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new ConfigError(`--${flag} ${text}: must be seconds, such as 90 or 61.5.`);
  return Number(text);
}
