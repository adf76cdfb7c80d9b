import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { shardKeys } from "../../shared/redis/keys.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";

/** A real Redis, one orchestrator and workers that come and go, over one storage folder. */
export class Fleet {
  readonly redis: RedisServer;
  readonly storageDir: string;
  readonly #mediaDir: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly workers = new Map<string, ServerProcess>();
  #server: ServerProcess | undefined;

  static async start(mediaDir: string, environment: Readonly<Record<string, string>> = {}): Promise<Fleet> {
    const storageDir = await mkdtemp(join(tmpdir(), "seamline-fleet-"));
    const fleet = new Fleet(await startRedis(), storageDir, mediaDir, environment);
    fleet.#server = await startProgram("serve", mediaDir, storageDir, { environment: fleet.#settings() });
    return fleet;
  }

  private constructor(
    redis: RedisServer,
    storageDir: string,
    mediaDir: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.redis = redis;
    this.storageDir = storageDir;
    this.#mediaDir = mediaDir;
    this.#environment = environment;
  }

  /** Of the orchestrator; ends in `/`. */
  get url(): string {
    return this.#server!.url;
  }

  async addWorker(id: string): Promise<ServerProcess> {
    const environment = { ...this.#settings(), WORKER_ID: id, WORKER_CONCURRENCY: "1" };
    const worker = await startProgram("worker", this.#mediaDir, this.storageDir, { environment });
    this.workers.set(id, worker);
    return worker;
  }

  /** Ends a worker as a power cut would, its FFmpeg too. */
  async killWorker(id: string): Promise<void> {
    const worker = this.workers.get(id)!;
    this.workers.delete(id);
    await worker.stop("SIGKILL");
  }

  /** Ids of the workers that hold a lease on a job now, as the lease store has it. */
  async holders(isWanted: (jobId: string) => boolean): Promise<string[]> {
    const client = new Redis(this.redis.url);
    try {
      const jobs = await client.hgetall(shardKeys(0)[2]!);
      return Object.entries(jobs).flatMap(([id, text]) => {
        const { s: state, w: claimant = "" } = JSON.parse(text) as { s: string; w?: string };
        return state === "l" && isWanted(id) ? [claimant.slice(0, claimant.indexOf("/"))] : [];
      });
    } finally {
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
    await this.#server?.stop();
    await this.redis.stop();
    await rm(this.storageDir, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    return { REDIS_URL: this.redis.url, ...this.#environment };
  }
}
