import { initJob, type Job } from "../shared/job.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import type { Rendition, Title } from "../shared/media/title.ts";
import type { JobDesk } from "./job-desk.ts";

/** How long after an init segment a player may ask for the media segment that it begins with, milliseconds. */
const TOGETHER_MS = 15;

/**
 * The job that brings an init segment: that of a media segment of its rendition where somebody waits for one, since
 * whoever makes that makes both; else one of its own. Players that ask for both at once would have two encoders
 * compete for the processors at the very moment when everybody waits for the first picture.
 */
export async function initSegmentJob(
  title: Title,
  rendition: Rendition | OriginalRendition,
  desk: JobDesk,
  signal: AbortSignal,
): Promise<Job> {
  const own = initJob(title, rendition);
  const awaited = desk.awaitedSegmentsOf(own);
  if (awaited) return awaited;
  await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
  signal.throwIfAborted();
  return desk.awaitedSegmentsOf(own) ?? own;
}
