import { formatCuts } from "../../shared/media/copied-cuts.ts";
import { outputRate } from "../../shared/media/ladder.ts";
import { type OriginalIndex, planOriginal } from "../../shared/media/original.ts";
import type { SourceInfo, VideoTrack } from "../../shared/media/source-info.ts";
import { planTitle } from "../../shared/media/title.ts";

/** All playlists beside it share its target duration, and players look at that for how long to wait. */
const LONGEST_SEGMENT_SECONDS = 12;

/**
 * The source with its picture as a variant beside the rungs, where it can be one: on their grid of frames, in segments
 * that are not much longer than theirs, each of which decodes without the one before. (Where it doesn't, a player that
 * comes from a rung loses the pictures that are shown before the first keyframe.)
 */
export async function offerCopy(
  source: SourceInfo,
  index: OriginalIndex,
  segmentSeconds: number,
): Promise<SourceInfo> {
  const { video } = source;
  if (!video || index.kind !== "copied" || !index.isIndependent) return source;
  if (!isOnGrid(video, index) || longestSeconds(index) > LONGEST_SEGMENT_SECONDS) return source;
  const { codec, borders, clock } = index;
  const cuts = formatCuts(borders.slice(0, -1).map((border) => border / clock.step));
  const withRates = (peakBitrate: number, averageBitrate: number): SourceInfo => ({
    ...source,
    video: { ...video, copy: { segmentSeconds, cuts, codec, peakBitrate, averageBitrate } },
  });
  // The peak goes by the target duration, and that by the cuts.
  const planned = await planTitle(withRates(1, 1), { segmentSeconds }, "");
  const { peakBitrate, averageBitrate } = planOriginal(planned, index)!;
  return withRates(peakBitrate, averageBitrate);
}

/** The source as it is described where the look at its keyframes came too late. */
export function withoutCopy(source: SourceInfo): SourceInfo {
  if (!source.video) return source;
  const { copy: _, ...video } = source.video;
  return { ...source, video };
}

type CopiedIndex = Extract<OriginalIndex, { kind: "copied" }>;

function isOnGrid(video: VideoTrack, { clock }: CopiedIndex): boolean {
  const rate = outputRate(video);
  return clock.timescale === rate.n && clock.step === rate.d;
}

function longestSeconds({ borders, clock }: CopiedIndex): number {
  return Math.max(...borders.slice(1).map((border, k) => border - borders[k]!)) / clock.timescale;
}
