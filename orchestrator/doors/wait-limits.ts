import type { Job } from "../../shared/job.ts";
import type { DoneJob, JobDesk } from "../job-desk.ts";
import { Problem } from "../problem.ts";

/** Where a request has a job done. */
export type Waiting = Pick<JobDesk, "wait">;

const RETRY_AFTER_SECONDS = 2;

/** How many wait for a job at a time: what storage has already is no wait. */
export class WaitLimits {
  readonly #max: number;
  readonly #maxPerClient: number;
  readonly #byClient = new Map<string, number>();
  #inAll = 0;

  /** @param max in all. */
  constructor(max: number, maxPerClient: number) {
    this.#max = max;
    this.#maxPerClient = maxPerClient;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#inAll;
  }

  /** The desk as one client may use it. @param client asked for its name once it waits. */
  at(desk: Waiting, client: () => string): Waiting {
    return { wait: (job, signal, gone) => this.#wait(desk, client(), job, signal, gone) };
  }

  async #wait(
    desk: Waiting,
    client: string,
    job: Job,
    signal: AbortSignal,
    gone: number | undefined,
  ): Promise<DoneJob> {
    const its = this.#byClient.get(client) ?? 0;
    if (its >= this.#maxPerClient) throw tooManyOfClient(its);
    if (this.#inAll >= this.#max) throw tooMany();
    this.#inAll += 1;
    this.#byClient.set(client, its + 1);
    try {
      return await desk.wait(job, signal, gone);
    } finally {
      this.#inAll -= 1;
      const left = this.#byClient.get(client)! - 1;
      if (left === 0) this.#byClient.delete(client);
      else this.#byClient.set(client, left);
    }
  }
}

function tooManyOfClient(count: number): Problem {
  return new Problem({
    status: 429,
    code: "too-many-waits",
    title: "Too much at a time",
    detail: `${count} requests of yours wait for parts to be made already. Ask again once some are answered.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function tooMany(): Problem {
  return new Problem({
    status: 503,
    code: "server-busy",
    title: "Too many are waiting",
    detail: "As many viewers wait for parts to be made as this server takes. Ask again in a moment.",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
