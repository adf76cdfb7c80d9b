import { peakBitrate } from "../../shared/media/original.ts";
import type { Timeline } from "../../shared/media/timeline.ts";
import type { Title } from "../../shared/media/title.ts";
import type { ChosenRange } from "./chosen-range.ts";
import { preparedRenditions } from "./prepared-renditions.ts";

/** Sizes of a rendition's media segments in the range, bytes, in their order. */
export type SizesOf = (renditionId: string) => readonly number[];

/**
 * The same title with the bit rates that its segments have: where all of them are there, BANDWIDTH and
 * AVERAGE-BANDWIDTH are no estimates (RFC 8216bis 4.4.6.2).
 */
export function measuredTitle(title: Title, range: ChosenRange, sizesOf: SizesOf): Title {
  const measure = (id: string, timeline: Timeline) => {
    const { first, end } = range.of(timeline);
    const borders = timeline.borders.slice(first, end + 1);
    return measureBitrates({ ...timeline, borders }, sizesOf(id), title.targetDuration);
  };
  const { copy } = title;
  const copied = preparedRenditions(title).find(({ kind }) => kind === "original");
  return {
    ...title,
    ...(copy && copied && { copy: { ...copy, ...measure(copied.id, copied.timeline) } }),
    video: title.video.map((one) => ({ ...one, rung: { ...one.rung, ...measure(one.id, one.timeline) } })),
    audio: title.audio.map((one) => ({ ...one, audio: { ...one.audio, ...measure(one.id, one.timeline) } })),
    iframes: title.iframes.map((one) => ({
      ...one,
      peakBitrate: measure(one.id, one.timeline).peakBitrate,
    })),
  };
}

function measureBitrates({ borders, rate }: Timeline, sizes: readonly number[], targetSeconds: number) {
  const ticks = borders.map((border) => border * rate.d);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    averageBitrate: Math.ceil((8 * total * rate.n) / (ticks.at(-1)! - ticks[0]!)),
    peakBitrate: peakBitrate(ticks, sizes, rate.n, targetSeconds),
  };
}
