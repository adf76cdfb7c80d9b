import { jobId, segmentsJob } from "../shared/job.ts";
import { mediaSegmentName } from "../shared/media/segment-name.ts";
import type { Timeline } from "../shared/media/timeline.ts";
import type { Rendition, Title } from "../shared/media/title.ts";
import { toNumber } from "../shared/rational.ts";
import { titleObject } from "../shared/storage/object-name.ts";
import type { SegmentReader } from "../shared/storage/segment-storage.ts";
import type { ExpectedJob, JobDesk } from "./job-desk.ts";

/** A segment that will be needed, and how soon. */
export interface ExpectedSegment {
  readonly index: number;
  readonly dueInMs: number;
}

/** Segments that are made ahead at least. */
const NEAR_SEGMENTS = 3;
/** Film that is asked for in one piece once less than the near segments are left of it: a run's worth. */
const CHUNK_SECONDS = 24;

/**
 * What a viewer who just got segment `index` will want next, and when, should they have nothing else to play: the
 * next few, and with the last of these now and then the whole chunk that it begins. Asked for one by one, segments
 * would be made one by one, and together they cost less. Chunks lie on a grid, so that nobody has to remember what
 * a viewer has had; whoever looks in or jumps around causes no more than the next few, or one chunk.
 */
export function segmentsAhead(
  { rate, borders }: Timeline,
  index: number,
  segmentSeconds: number,
): readonly ExpectedSegment[] {
  const chunk = Math.max(1, Math.round(CHUNK_SECONDS / segmentSeconds));
  const beginsChunk = (index + NEAR_SEGMENTS) % chunk === 0;
  const end = index + NEAR_SEGMENTS + (beginsChunk ? chunk : 1);
  const ahead: ExpectedSegment[] = [];
  for (let next = index + 1; next < Math.min(end, borders.length - 1); next++) {
    const frames = borders[next]! - borders[index]!;
    ahead.push({ index: next, dueInMs: Math.round((1000 * frames) / toNumber(rate)) });
  }
  return ahead;
}

/** Asks for the segments that a viewer who just got `index` will want next, if they aren't there yet. */
export async function lookAhead(
  title: Title,
  rendition: Rendition,
  index: number,
  deps: { readonly storage: SegmentReader; readonly desk: JobDesk },
): Promise<void> {
  const jobs = new Map<string, ExpectedJob>();
  for (const next of segmentsAhead(rendition.timeline, index, title.options.segmentSeconds)) {
    const name = titleObject(title.key, rendition.id, mediaSegmentName(next.index));
    if (await deps.storage.find(name)) continue;
    const job = segmentsJob(title, rendition, next.index);
    // A job of several segments is due with its first.
    if (!jobs.has(jobId(job))) jobs.set(jobId(job), { job, dueInMs: next.dueInMs });
  }
  if (jobs.size > 0) await deps.desk.lookAhead([...jobs.values()]);
}
