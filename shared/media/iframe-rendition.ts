import type { Rung } from "./ladder.ts";
import type { Timeline } from "./timeline.ts";
import type { VideoRendition } from "./title.ts";

/** One picture for each segment of the lowest rungs, for players that look through a title. */
export interface IFrameRendition {
  readonly kind: "iframe";
  /** `i240`, beside `v240`. */
  readonly id: string;
  readonly rung: Rung;
  /** No segment is larger than this times its duration; bit/s. */
  readonly peakBitrate: number;
  readonly timeline: Timeline;
}

/** Rungs that have one. */
const LOWEST_RUNGS = 2;
/** Of a rung's peak: half a second of its pictures is far more than one of them takes. */
const SHARE_OF_PEAK = 1 / 2;

/** @param video from the smallest up. */
export function iframeRenditions(video: readonly VideoRendition[]): readonly IFrameRendition[] {
  return video.slice(0, LOWEST_RUNGS).map(({ rung, timeline }) => ({
    kind: "iframe",
    id: rung.id.replace(/^v/, "i"),
    rung,
    peakBitrate: Math.round(rung.peakBitrate * SHARE_OF_PEAK),
    // Nothing is reordered: decoded when it is shown, at the same time as in the rung.
    timeline: {
      ...timeline,
      decodeOffset: timeline.decodeOffset + timeline.compositionOffset,
      compositionOffset: 0,
    },
  }));
}
