import { jobId, segmentsJob } from "../shared/job.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import { mediaSegmentName } from "../shared/media/segment-name.ts";
import type { Timeline } from "../shared/media/timeline.ts";
import type { Rendition, Title } from "../shared/media/title.ts";
import { toNumber } from "../shared/rational.ts";
import { titleObject } from "../shared/storage/object-name.ts";
import type { SegmentReader } from "../shared/storage/segment-storage.ts";
import { silentTelemetry, type Telemetry } from "../shared/telemetry.ts";
import type { ExpectedJob, JobDesk } from "./job-desk.ts";
import type { KnownSegments } from "./known-segments.ts";

/** A segment that will be needed, and how soon. */
export interface ExpectedSegment {
  readonly index: number;
  readonly dueInMs: number;
}

/** Segments that are made ahead at least, and at most where they take long. */
const NEAR_SEGMENTS = 3;
const MOST_NEAR_SEGMENTS = 10;
const START_SEGMENTS = 3;
/** Film that is asked for in one piece once less than the near segments are left of it: a run's worth. */
const CHUNK_SECONDS = 24;

/**
 * How many segments are to be in the making for a viewer to play on without a wait: where one takes as long as n of
 * them play, n at a time, the one that is asked for next, and one to spare.
 * @param encodeMs how long one takes, as far as anybody knows.
 */
export function nearSegments(encodeMs: number | undefined, segmentSeconds: number): number {
  const atATime = Math.ceil((encodeMs ?? 0) / (1000 * segmentSeconds));
  return Math.min(MOST_NEAR_SEGMENTS, Math.max(NEAR_SEGMENTS, atATime + 2));
}

/**
 * What a viewer who just got segment `index` will want next, and when, should they have nothing else to play: the
 * next few, and with the last of these now and then the whole chunk that it begins. Asked for one by one, segments
 * would be made one by one, and together they cost less. Chunks lie on a grid, so that nobody has to remember what
 * a viewer has had; whoever looks in or jumps around causes no more than the next few, or one chunk.
 */
export function segmentsAhead(
  timeline: Timeline,
  index: number,
  near: number = NEAR_SEGMENTS,
): readonly ExpectedSegment[] {
  const { rate, borders } = timeline;
  const chunk = Math.max(1, Math.round(CHUNK_SECONDS / usualSeconds(timeline)));
  const beginsChunk = (index + near) % chunk === 0;
  const end = index + near + (beginsChunk ? chunk : 1);
  const ahead: ExpectedSegment[] = [];
  for (let next = index + 1; next < Math.min(end, borders.length - 1); next++) {
    const frames = borders[next]! - borders[index]!;
    ahead.push({ index: next, dueInMs: Math.round((1000 * frames) / toNumber(rate)) });
  }
  return ahead;
}

/** How long a segment is on average, apart from the short ones at the start. */
function usualSeconds({ rate, borders }: Timeline): number {
  const first = Math.min(START_SEGMENTS, borders.length - 2);
  return (borders.at(-1)! - borders[first]!) / (borders.length - 1 - first) / toNumber(rate);
}

export interface LookAheadDeps {
  readonly storage: SegmentReader;
  readonly knownSegments: KnownSegments;
  readonly desk: JobDesk;
  readonly telemetry?: Telemetry;
}

/** Asks for the segments that a viewer who just got `index` will want next, if they aren't there yet. */
export async function lookAhead(
  title: Title,
  rendition: Rendition | OriginalRendition,
  index: number,
  { storage, knownSegments, desk, telemetry = silentTelemetry }: LookAheadDeps,
): Promise<void> {
  const jobs = new Map<string, ExpectedJob>();
  const { timeline } = rendition;
  const encodeMs = desk.encodeMsOf({ titleKey: title.key, rendition: rendition.id });
  const seen = { known: 0, stored: 0, requested: 0 };
  const near = nearSegments(encodeMs, usualSeconds(timeline));
  for (const next of segmentsAhead(timeline, index, near)) {
    const name = titleObject(title.key, rendition.id, mediaSegmentName(next.index));
    if (knownSegments.has(name)) {
      seen.known += 1;
      continue;
    }
    if (await storage.find(name)) {
      seen.stored += 1;
      knownSegments.add(name);
      continue;
    }
    seen.requested += 1;
    const job = segmentsJob(title, rendition, next.index);
    // A job of several segments is due with its first.
    if (!jobs.has(jobId(job))) jobs.set(jobId(job), { job, dueInMs: next.dueInMs });
  }
  telemetry.report({ kind: "looked-ahead", ...seen });
  if (jobs.size > 0) await desk.lookAhead([...jobs.values()]);
}
