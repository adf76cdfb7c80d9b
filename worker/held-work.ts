import { type Job, parseJob } from "../shared/job.ts";
import type { Lease } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { JobEnd } from "../shared/telemetry.ts";
import { untilAborted } from "../shared/until-aborted.ts";
import { LeaseGivenBackError, type LeaseKeeper } from "./lease-keeper.ts";
import type { LeaseReports } from "./lease-reports.ts";
import { jobEnd, jobKind, jobStep, leaseFields } from "./leased-job.ts";
import { type JobContext, performJob } from "./perform-job.ts";
import type { Held, HeldRun } from "./run-claims.ts";
import type { RunExits } from "./run-exits.ts";
import type { SegmentRuns } from "./segment-runs.ts";
import type { StepBacks } from "./step-backs.ts";
import { follow, report } from "./telemetry-scope.ts";
import type { WorkTally } from "./work-tally.ts";

export interface HeldWorkDeps {
  /** The worker's, as the operator calls it. */
  readonly id: string;
  readonly keeper: LeaseKeeper;
  readonly exits: RunExits;
  readonly reports: LeaseReports;
  readonly tally: WorkTally;
  readonly context: JobContext;
  readonly runs: SegmentRuns;
  readonly stepBacks: StepBacks;
  readonly log: Log;
}

/** A probe's answer is good for a moment only: the file may be replaced at any time. */
const PROBE_RETAIN_MS = 2000;
/** Long enough for every waiter to hear of it. Storage keeps the result itself. */
const DONE_RETAIN_MS = 15_000;

/** Does jobs that are held, and says what became of each. */
export class HeldWork {
  readonly #deps: HeldWorkDeps;

  constructor(deps: HeldWorkDeps) {
    this.#deps = deps;
  }

  /** What is made alone. */
  alone(held: Held): Promise<void> {
    return this.#work(held, (job, signal) =>
      performJob(job, this.#deps.context, {
        ...{ signal, background: !held.lease.awaited },
        attempt: held.lease.attempt,
      }),
    );
  }

  /** The place is taken until FFmpeg is done, though every job may have left before. */
  async run({ rungs, plannedMs }: HeldRun): Promise<void> {
    const members = rungs.flat();
    const made = this.#deps.runs.perform(members);
    this.#deps.exits.begin(
      rungs.map((jobs) => jobs.map(({ lease }) => lease.id)),
      plannedMs,
    );
    const works = members.map((member, position) =>
      this.#work(member, (_, signal) => untilAborted(made[position]!, signal)),
    );
    await Promise.allSettled([...made, ...works]);
  }

  /** @param perform does the job, and resolves with what the store shall tell those who wait. */
  async #work(
    { lease, signal, claimedAt }: Held,
    perform: (job: Job, signal: AbortSignal) => Promise<string>,
  ): Promise<void> {
    const begun = performance.now();
    const waitedMs = begun - claimedAt;
    let end: JobEnd = "dismissed";
    try {
      if (!lease.awaited && this.#deps.reports.storageIsFull) return await this.#deps.reports.dismiss(lease);
      end = await follow(jobStep(lease, this.#deps.id, waitedMs), async () => {
        const { attempt, awaited } = lease;
        report({ kind: "lease-begun", attempt, awaited, ms: waitedMs });
        return this.#perform(lease, signal, perform);
      });
    } catch (error) {
      const reason = signal.aborted ? signal.reason : error;
      end = jobEnd(reason);
      if (!(reason instanceof LeaseGivenBackError || signal.aborted)) this.#deps.tally.failed();
      await this.#deps.reports.giveUp(lease, reason);
    } finally {
      if (this.#deps.keeper.drop(lease)) this.#deps.exits.end(lease.id);
      report({ kind: "job-ended", job: jobKind(lease), end, ms: performance.now() - begun });
    }
  }

  async #perform(
    lease: Lease,
    signal: AbortSignal,
    perform: (job: Job, signal: AbortSignal) => Promise<string>,
  ): Promise<JobEnd> {
    const begun = performance.now();
    const job = parseJob(lease.payload);
    const meta = await this.#deps.stepBacks.guard(job, () => perform(job, signal));
    const outcome = await this.#deps.reports.commit(lease, { meta, retainMs: retainMs(job) }, signal);
    if (outcome === "committed") this.#deps.tally.done(job);
    const ms = Math.round(performance.now() - begun);
    this.#deps.log.debug({ ...leaseFields(lease), outcome, ms }, "job done");
    return outcome === "committed" || outcome === "duplicate" ? "done" : "refused";
  }
}

function retainMs(job: Job): number {
  return job.kind === "probe" ? PROBE_RETAIN_MS : DONE_RETAIN_MS;
}
