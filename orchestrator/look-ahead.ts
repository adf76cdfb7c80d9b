import { jobId, type SegmentsJob, segmentsJob } from "../shared/job.ts";
import { mediaSegmentName } from "../shared/media/segment-name.ts";
import { segmentCount } from "../shared/media/timeline.ts";
import type { Rendition, Title } from "../shared/media/title.ts";
import { titleObject } from "../shared/storage/object-name.ts";
import type { SegmentStorage } from "../shared/storage/segment-storage.ts";
import type { JobDesk } from "./job-desk.ts";

/** Segments made ahead of the one just served. */
const DEPTH = 3;

/** Asks for the segments that a viewer who just got `index` will want next, if they aren't there yet. */
export async function lookAhead(
  title: Title,
  rendition: Rendition,
  index: number,
  deps: { readonly storage: SegmentStorage; readonly desk: JobDesk },
): Promise<void> {
  const jobs = new Map<string, SegmentsJob>();
  const end = Math.min(index + 1 + DEPTH, segmentCount(rendition.timeline));
  for (let next = index + 1; next < end; next++) {
    if (await deps.storage.find(titleObject(title.key, rendition.id, mediaSegmentName(next)))) continue;
    const job = segmentsJob(title, rendition, next);
    jobs.set(jobId(job), job);
  }
  if (jobs.size > 0) await deps.desk.lookAhead([...jobs.values()], title.options.segmentSeconds * 1000);
}
