import type { SourceInfo } from "../shared/media/source-info.ts";
import { segmentCount } from "../shared/media/timeline.ts";
import type { VideoRendition } from "../shared/media/title.ts";
import { fitsRun, mostEncoders, type RunLimits, type RunShare, runLength } from "./run-length.ts";

/** What a run begins with, and what it could take along. */
export interface RunStart {
  readonly source: SourceInfo;
  /** The most that it makes of the rung that it begins with, if nothing else is made. */
  readonly own: RunShare;
  /** The most that there may be to make of each other rung. */
  readonly others: readonly RunShare[];
  readonly limits: RunLimits;
}

/** @param rungs of the title, the smallest first. */
export function runFrom(
  source: SourceInfo,
  rungs: readonly VideoRendition[],
  rendition: VideoRendition,
  first: number,
  limits: RunLimits,
): RunStart {
  const { timeline } = rendition;
  const own = { rendition, first, count: runLength(source, rendition, first, limits) };
  const others = rungs
    // One decode counts the frames for all: it takes one grid, cut at the same borders.
    .filter((rung) => rung.id !== rendition.id && rung.timeline === timeline)
    .map((rung) => {
      const left = Math.min(own.count, segmentCount(timeline) - first);
      return { rendition: rung, first, count: Math.min(left, mostEncoders(source, rung, limits)) };
    })
    .filter((other) =>
      fitsRun(
        source,
        [
          { ...own, count: 1 },
          { ...other, count: 1 },
        ],
        limits,
      ),
    );
  return { source, own, others, limits };
}

/**
 * What a run makes: decoding costs the same for one rung as for all, so first as many rungs as fit, and then as much
 * film of them as fits.
 * @param isQueued whether there is something to make of another rung.
 */
export function chooseShares(
  { source, own, others, limits }: RunStart,
  isQueued: (rendition: VideoRendition, index: number) => boolean,
): readonly RunShare[] {
  const queued = others.flatMap((other) => queuedPart(other, isQueued));
  const fits = (shares: readonly RunShare[]) => fitsRun(source, shares, limits);
  const one = (share: RunShare) => ({ ...share, count: 1 });
  const taken: RunShare[] = [];
  for (const share of queued) if (fits([own, ...taken, share].map(one))) taken.push(share);
  for (let count = own.count; taken.length > 0 && count > 0; count--) {
    const end = own.first + count;
    const along = taken.flatMap((share) => shareBefore(share, end));
    const shares = [{ ...own, count }, ...along];
    if (along.length > 0 && fits(shares)) return shares;
  }
  return [own];
}

/** From the first that is queued up to the first that isn't. */
function queuedPart(
  { rendition, first, count }: RunShare,
  isQueued: (rendition: VideoRendition, index: number) => boolean,
): RunShare[] {
  const queued = Array.from({ length: count }, (_, k) => isQueued(rendition, first + k));
  const begin = queued.indexOf(true);
  if (begin === -1) return [];
  const end = queued.indexOf(false, begin);
  return [{ rendition, first: first + begin, count: (end === -1 ? count : end) - begin }];
}

function shareBefore(share: RunShare, end: number): RunShare[] {
  const count = Math.min(share.count, end - share.first);
  return count > 0 ? [{ ...share, count }] : [];
}
