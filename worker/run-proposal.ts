import { jobId, type SegmentsJob } from "../shared/job.ts";
import type { VideoRendition } from "../shared/media/title.ts";
import { plannedRunMs, type RunShare } from "./run-length.ts";
import { chooseShares, type RunStart } from "./run-shares.ts";

/** The run that may begin with a job: what to look for in the queue, and what to make of what is there. */
export class RunProposal {
  /** Jobs of other rungs that it could take along. */
  readonly others: readonly SegmentsJob[];
  readonly #job: SegmentsJob;
  readonly #start: RunStart;

  constructor(job: SegmentsJob, start: RunStart) {
    this.#job = job;
    this.#start = start;
    this.others = start.others.flatMap((share) => this.#jobsOf(share));
  }

  /**
   * @param queued ids of the others, as far as they are queued.
   * @returns jobs by rung, in their order, the first of them the one that the run begins with.
   */
  choose(queued: ReadonlySet<string>): readonly (readonly SegmentsJob[])[] {
    const isQueued = ({ id }: VideoRendition, first: number) =>
      queued.has(jobId({ ...this.#job, rendition: id, first }));
    return chooseShares(this.#start, isQueued).map((share) => this.#jobsOf(share));
  }

  /** How long it should take to do jobs of it, in groups as `choose` gives them. */
  plannedMs(rungs: readonly (readonly SegmentsJob[])[]): number {
    const { own, others, limits } = this.#start;
    const shares = rungs.map(([job, ...more]): RunShare => {
      const { rendition } = [own, ...others].find(({ rendition }) => rendition.id === job!.rendition)!;
      return { rendition, first: job!.first, count: 1 + more.length };
    });
    return plannedRunMs(shares, limits);
  }

  #jobsOf({ rendition, first, count }: RunShare): SegmentsJob[] {
    return Array.from({ length: count }, (_, k) => ({
      ...this.#job,
      rendition: rendition.id,
      first: first + k,
    }));
  }
}
