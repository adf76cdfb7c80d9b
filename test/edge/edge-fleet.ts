import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { shardKeys } from "../../shared/redis/keys.ts";
import { type RunningGateway, startGateway } from "../support/gateway.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";
import { type StorageOrigin, startStorageOrigin } from "../support/storage-origin.ts";
import { startWorkerd, type WorkerdProcess } from "../support/workerd.ts";

export const EDGE_BUNDLE = fileURLToPath(new URL("../../dist/seamline-edge.js", import.meta.url));

/** What a store in Redis keeps of a job, as far as it is looked at here. */
export interface JobInRedis {
  /** `q` queued, `l` leased, `d` done. */
  readonly state: string;
  readonly attempts: number;
  /** On the store's clock; whoever waits puts it off once a second. */
  readonly lapsesAt: number;
}

/** A real Redis behind the gateway, a worker, storage served over HTTP, and the orchestrator in workerd. */
export class EdgeFleet {
  readonly redis: RedisServer;
  readonly gateway: RunningGateway;
  readonly origin: StorageOrigin;
  readonly edge: WorkerdProcess;
  readonly storageDir: string;
  readonly #worker: ServerProcess;
  readonly #client: Redis;

  static async start(mediaDir: string): Promise<EdgeFleet> {
    const storageDir = await mkdtemp(join(tmpdir(), "seamline-edge-"));
    const redis = await startRedis();
    const gateway = await startGateway(redis.url);
    const origin = await startStorageOrigin(storageDir);
    const environment = { REDIS_URL: redis.url, WORKER_CONCURRENCY: "1" };
    const worker = await startProgram("worker", mediaDir, storageDir, { environment });
    const edge = await startWorkerd(EDGE_BUNDLE, edgeBindings(gateway, origin.url));
    return new EdgeFleet({ redis, gateway, origin, edge, storageDir, worker });
  }

  private constructor(
    parts: Pick<EdgeFleet, "redis" | "gateway" | "origin" | "edge" | "storageDir"> & {
      worker: ServerProcess;
    },
  ) {
    this.redis = parts.redis;
    this.gateway = parts.gateway;
    this.origin = parts.origin;
    this.edge = parts.edge;
    this.storageDir = parts.storageDir;
    this.#worker = parts.worker;
    this.#client = new Redis(parts.redis.url);
    this.#client.on("error", () => {
      // Redis is killed on purpose.
    });
  }

  /** Jobs that the lease store knows of, by id. */
  async jobs(): Promise<Map<string, JobInRedis>> {
    const texts = await this.#client.hgetall(shardKeys(0)[2]!);
    return new Map(
      Object.entries(texts).map(([id, text]) => {
        const { s, a, l } = JSON.parse(text) as { s: string; a: number; l: number };
        return [id, { state: s, attempts: a, lapsesAt: l }];
      }),
    );
  }

  /** No job gets done until the work is; the worker is as alive afterwards as before. */
  async whileNothingIsMade<T>(work: () => Promise<T>): Promise<T> {
    process.kill(this.#worker.pid, "SIGSTOP");
    try {
      return await work();
    } finally {
      process.kill(this.#worker.pid, "SIGCONT");
    }
  }

  async stop(): Promise<void> {
    this.#client.disconnect();
    await this.#worker.stop();
    await this.edge.stop();
    await this.origin.stop();
    await this.gateway.stop();
    await this.redis.stop();
    await rm(this.storageDir, { recursive: true, force: true });
  }
}

export function edgeBindings(gateway: RunningGateway, storageUrl: string): Record<string, string> {
  return {
    STORAGE_URL: storageUrl,
    UPSTASH_REDIS_REST_URL: gateway.url,
    UPSTASH_REDIS_REST_TOKEN: gateway.token,
    // Tests share their machine.
    SEGMENT_WAIT_MS: "60000",
    REDIS_TIMEOUT_MS: "10000",
  };
}
