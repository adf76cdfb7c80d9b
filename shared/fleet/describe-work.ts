import { type Job, parseJob } from "../job.ts";
import type { WorkView } from "./fleet-view.ts";

/** What a job's payload asks for. Whatever it holds: it may come from a program of another version. */
export function describeWork(payload: string): WorkView {
  try {
    return viewOf(parseJob(payload));
  } catch {
    return { kind: "other" };
  }
}

function viewOf(job: Job): WorkView {
  const { kind, path } = job;
  if (kind === "probe") return { kind, path };
  const { titleKey } = job;
  switch (kind) {
    case "init":
      return { kind, path, titleKey, rendition: job.rendition };
    case "segments":
      return { kind, path, titleKey, rendition: job.rendition, first: job.first, count: job.count };
    case "asset":
      return { kind, path, titleKey, asset: job.asset };
  }
}

/** In words, without the title: `segments 8 to 11 of a0`. */
export function nameWork(work: WorkView): string {
  const { rendition, first = 0, count = 1 } = work;
  switch (work.kind) {
    case "probe":
      return "a first look at the file";
    case "init":
      return `the init segment of ${rendition}`;
    case "segments":
      return count === 1
        ? `segment ${first} of ${rendition}`
        : `segments ${first} to ${first + count - 1} of ${rendition}`;
    case "asset":
      return `${work.asset}`;
    case "other":
      return "something that this version does not know";
  }
}
