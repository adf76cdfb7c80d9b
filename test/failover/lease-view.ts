import { Redis } from "ioredis";
import { expect } from "vitest";
import { audienceChannel, shardChannel, shardKeys } from "../../shared/redis/keys.ts";

export interface HeldJob {
  readonly id: string;
  /** The WORKER_ID of the one that holds it. */
  readonly worker: string;
  readonly attempt: number;
}

const [, , JOBS, COUNTERS] = shardKeys(0) as [string, string, string, string];

/** What the lease store in Redis says, read from outside: tests act on what they see there, not on guesses. */
export class LeaseView {
  readonly #redis: Redis;

  constructor(url: string) {
    this.#redis = new Redis(url, { protocol: 2, maxRetriesPerRequest: 20 });
    // Tests take the server away: each call says so by itself.
    this.#redis.on("error", () => {});
  }

  /** The leases that are held now. */
  async held(): Promise<readonly HeldJob[]> {
    const jobs = await this.#redis.hgetall(JOBS);
    return Object.entries(jobs).flatMap(([id, text]) => {
      const {
        s: state,
        w: claimant = "",
        a: attempt,
      } = JSON.parse(text) as { s: string; w?: string; a: number };
      return state === "l" ? [{ id, attempt, worker: claimant.slice(0, claimant.indexOf("/")) }] : [];
    });
  }

  /** Waits until somebody holds such a job. */
  async waitForHolder(isWanted: (job: HeldJob) => boolean): Promise<HeldJob> {
    let holder: HeldJob | undefined;
    const find = async () => {
      holder = (await this.held()).find(isWanted);
      return holder;
    };
    await expect.poll(find, { interval: 10, timeout: 60_000 }).toBeDefined();
    return holder!;
  }

  /** Attempts that were begun at a job which is still remembered. */
  async attempts(jobSuffix: string): Promise<number | undefined> {
    const jobs = await this.#redis.hgetall(JOBS);
    const text = Object.entries(jobs).find(([id]) => id.endsWith(jobSuffix))?.[1];
    return text === undefined ? undefined : (JSON.parse(text) as { a: number }).a;
  }

  /** A running total of the store, such as `done` or `lapsed`. */
  async counter(name: string): Promise<number> {
    return Number((await this.#redis.hget(COUNTERS, name)) ?? 0);
  }

  /** Commands that clients have sent so far, less those of this view and those that scripts ran. */
  async roundTrips(): Promise<number> {
    const stats = await this.#redis.info("commandstats");
    const calls = (command: string) =>
      Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    return calls("evalsha") + calls("eval");
  }

  /** Hears of every job that is committed, until the answer is called. */
  async onCommit(hear: (jobId: string) => void): Promise<() => void> {
    const listener = this.#redis.duplicate();
    listener.on("error", () => {});
    listener.on("message", (_, message: string) => {
      const { kind, id } = JSON.parse(message) as { kind: string; id?: string };
      if (kind === "done") hear(id!);
    });
    await listener.subscribe(audienceChannel(shardChannel(0), "waiters"));
    return () => listener.disconnect();
  }

  command(...words: [string, ...string[]]): Promise<unknown> {
    return this.#redis.call(words[0].toUpperCase(), ...words.slice(1));
  }

  close(): void {
    this.#redis.disconnect();
  }
}

/** Whether a lease is that of a rendition's segment. */
export function isSegment(rendition: string, index: number) {
  return ({ id }: HeldJob) => id.endsWith(`/${rendition}/${index}+1`);
}
