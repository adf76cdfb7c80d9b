import { formatJob, jobId, type SegmentsJob } from "../shared/job.ts";
import type { JobRequest } from "../shared/lease/lease-store.ts";

/** Jobs as a viewer's look-ahead asks for them: segments of one rendition, all different. */
export function exampleJobs(count: number, first = 0): JobRequest[] {
  return Array.from({ length: count }, (_, k) => {
    const job: SegmentsJob = {
      kind: "segments",
      path: "films/a film of some name.mkv",
      fingerprint: "0123456789abcdef0123456789abcdef",
      titleKey: "fedcba9876543210fedcba9876543210",
      segmentSeconds: 4,
      rendition: "v720",
      first: first + k,
      count: 1,
    };
    const id = jobId(job);
    return { id, payload: formatJob(job), dueInMs: k, lapseInMs: 3_600_000, maxAttempts: 3 };
  });
}
