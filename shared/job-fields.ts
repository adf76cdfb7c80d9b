import { type Job, jobId } from "./job.ts";
import type { LogFields } from "./log.ts";

/** What every line about a job says of it: its title's path, what of it is made, and the id it goes by. */
export function jobFields(job: Job): LogFields {
  const { path: title } = job;
  switch (job.kind) {
    case "probe":
      return { title, job: jobId(job) };
    case "asset":
      return { title, asset: job.asset, job: jobId(job) };
    case "init":
      return { title, segment: `${job.rendition}/init`, job: jobId(job) };
    case "segments": {
      const last = job.first + job.count - 1;
      const indices = job.count === 1 ? `${job.first}` : `${job.first}-${last}`;
      return { title, segment: `${job.rendition}/${indices}`, job: jobId(job) };
    }
  }
}
