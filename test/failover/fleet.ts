import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRunning } from "../support/processes.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";
import { LeaseView } from "./lease-view.ts";
import { LONG_WAIT } from "./long-wait.ts";

/** A real Redis, one orchestrator and workers that come and go, over one storage folder. */
export class Fleet {
  readonly redis: RedisServer;
  readonly leases: LeaseView;
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
    this.leases = new LeaseView(redis.url);
    this.storageDir = storageDir;
    this.#mediaDir = mediaDir;
    this.#environment = environment;
  }

  /** Of the orchestrator; ends in `/`. */
  get url(): string {
    return this.#server!.url;
  }

  /** @param own settings of this worker alone. */
  async addWorker(id: string, own: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const environment = { ...this.#settings(), WORKER_ID: id, WORKER_CONCURRENCY: "1", ...own };
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

  async stop(): Promise<void> {
    // One that a test has made stand still can't be told to end.
    for (const { pid } of this.workers.values()) if (await isRunning(pid)) process.kill(pid, "SIGCONT");
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
    await this.#server?.stop();
    this.leases.close();
    await this.redis.stop();
    await rm(this.storageDir, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    return { REDIS_URL: this.redis.url, ...LONG_WAIT, ...this.#environment };
  }
}
