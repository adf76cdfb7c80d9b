import type { JobRecord } from "./job-record.ts";
import { AHEAD_MS, type LeaseOverview, type LeaseSeen, MOST_QUEUED } from "./lease-overview.ts";

/** What jobs come to for whoever looks on. @param titles keys of those whose queued jobs are listed. */
export function overviewOf(
  jobs: readonly JobRecord[],
  titles: readonly string[],
  now: number,
): Pick<LeaseOverview, "now" | "queue" | "leases" | "queued"> {
  const waiting = jobs.filter(({ state }) => state.kind === "queued");
  const ready = waiting.filter(({ state }) => state.kind === "queued" && state.notBefore <= now);
  const within = (from: number, to: number) =>
    ready.filter(({ deadline }) => deadline > from && deadline <= to).length;
  return {
    now,
    queue: {
      awaited: within(Number.NEGATIVE_INFINITY, now),
      ahead: within(now, now + AHEAD_MS),
      later: within(now + AHEAD_MS, Number.POSITIVE_INFINITY),
      backingOff: waiting.length - ready.length,
      ...(ready.length > 0 && { earliestDeadline: Math.min(...ready.map(({ deadline }) => deadline)) }),
    },
    leases: jobs.flatMap((job) => leasesOf(job, now)),
    queued: waiting
      .map(({ id }) => id)
      .filter((id) => titles.some((title) => id.startsWith(`${title}/`)))
      .slice(0, MOST_QUEUED),
  };
}

function leasesOf(job: JobRecord, now: number): LeaseSeen[] {
  const { id, payload, attempts: attempt, deadline, state, second } = job;
  if (state.kind !== "leased") return [];
  const lease = (worker: string, since: number, { until, leaseMs }: Ends, isSecond: boolean): LeaseSeen => {
    const renewedAt = until - leaseMs;
    return { id, payload, worker, since, attempt, deadline, renewedAt, until, isSecond };
  };
  const held = lease(job.claimant, job.claimedAt, state, false);
  if (second?.token === undefined || second.until <= now) return [held];
  return [held, lease(second.worker, second.since, second, true)];
}

type Ends = { readonly until: number; readonly leaseMs: number };
