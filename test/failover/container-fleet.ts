import { randomUUID } from "node:crypto";
import { GenericContainer, Wait } from "testcontainers";
import { freePort } from "../support/free-port.ts";
import { docker, FleetContainer } from "./fleet-container.ts";
import { createVolumeStorage, type FleetStorage } from "./fleet-storage.ts";
import { LeaseView } from "./lease-view.ts";
import { LONG_WAIT } from "./long-wait.ts";
import { OWNER, removeLeftovers } from "./owner.ts";

/** The images, as `script/images` makes them. */
const IMAGES = { full: "seamline:latest", slim: "seamline:slim", redis: "seamline-redis:test" } as const;
const REDIS_COMMAND = [
  "redis-server",
  "--save",
  "",
  "--appendonly",
  "no",
  "--protected-mode",
  "no",
  "--dir",
  "/tmp",
];
const TOKEN = "a token for the tests only";
const STARTUP_MS = 180_000;
/** Nobody asks for their health here, and each answer takes a Node.js. */
const NO_HEALTH_CHECK: Parameters<GenericContainer["withHealthCheck"]>[0] = {
  test: ["CMD", "true"],
  interval: 24 * 3_600_000,
};

export interface FleetOptions {
  /** Folder of films on this machine. */
  readonly mediaDir: string;
  readonly orchestrators?: number;
  readonly gateways?: number;
  /** Settings of orchestrators and workers. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Makes the shared storage, in the network that Redis is in; a volume unless it is given. */
  readonly storage?: (network: string) => Promise<FleetStorage>;
}

interface Surroundings {
  readonly back: string;
  readonly front: string;
  readonly storage: FleetStorage;
  readonly redis: FleetContainer;
  readonly redisPort: number;
}

/**
 * A fleet of real containers: Redis, gateways, orchestrators and workers that share a volume. Orchestrators
 * stand in two networks, so that they can be cut off from Redis without being cut off from their viewers.
 */
export class ContainerFleet {
  readonly leases: LeaseView;
  readonly redis: FleetContainer;
  readonly gateways: FleetContainer[] = [];
  readonly orchestrators: FleetContainer[] = [];
  /** Those that run, by WORKER_ID. */
  readonly workers = new Map<string, FleetContainer>();
  readonly #options: FleetOptions;
  readonly #around: Surroundings;
  readonly #everything: FleetContainer[] = [];

  static async start(options: FleetOptions): Promise<ContainerFleet> {
    await removeLeftovers();
    // Published ports are those of the network whose name sorts first.
    const [back, front] = await Promise.all([createNetwork("back"), createNetwork("a-front")]);
    const storage = await (options.storage?.(back) ?? createVolumeStorage());
    const redisPort = await freePort();
    const redis = await new GenericContainer(IMAGES.redis)
      .withLabels(OWNER)
      .withCommand(REDIS_COMMAND)
      // A port of its own choice would be another one after a restart.
      .withExposedPorts({ container: 6379, host: redisPort })
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/i))
      .withNetworkMode(back)
      .withNetworkAliases("redis")
      .start();
    const fleet = new ContainerFleet(options, {
      back,
      front,
      storage,
      redis: new FleetContainer(redis, back, ["redis"]),
      redisPort,
    });
    for (let k = 0; k < (options.gateways ?? 1); k++) await fleet.#addGateway();
    for (let k = 0; k < (options.orchestrators ?? 1); k++) await fleet.#addOrchestrator();
    return fleet;
  }

  private constructor(options: FleetOptions, around: Surroundings) {
    this.#options = options;
    this.#around = around;
    this.redis = around.redis;
    this.#everything.push(around.redis);
    this.leases = new LeaseView(`redis://127.0.0.1:${around.redisPort}`);
  }

  /** Where an orchestrator answers; ends in `/`. */
  url(orchestrator = 0): string {
    return this.orchestrators[orchestrator]!.url;
  }

  async addWorker(id: string): Promise<FleetContainer> {
    const worker = await this.#start(
      this.#program("worker", { WORKER_ID: id, WORKER_CONCURRENCY: "1" })
        .withNetworkMode(this.#around.back)
        .withWaitStrategy(Wait.forLogMessage(/Seamline worker/)),
    );
    this.workers.set(id, worker);
    return worker;
  }

  addWorkers(...ids: string[]): Promise<FleetContainer[]> {
    return Promise.all(ids.map((id) => this.addWorker(id)));
  }

  async killWorker(id: string): Promise<void> {
    await this.workers.get(id)!.kill();
    this.workers.delete(id);
  }

  /** SIGTERM to a worker; its exit code. */
  async endWorker(id: string): Promise<number> {
    const worker = this.workers.get(id)!;
    this.workers.delete(id);
    return worker.terminate();
  }

  /** Runs a command in the first orchestrator, whose storage is everybody's; what it prints. */
  async run(...command: string[]): Promise<string> {
    const { output, exitCode } = await this.orchestrators[0]!.container.exec(command);
    if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}: ${output}`);
    return output;
  }

  async stop(): Promise<void> {
    this.leases.close();
    const { back, front, storage } = this.#around;
    await Promise.all(this.#everything.map((container) => container.remove()));
    await storage.remove();
    await Promise.all([back, front].map((network) => docker.getNetwork(network).remove()));
  }

  async #addGateway(): Promise<void> {
    const container = new GenericContainer(IMAGES.slim)
      .withLabels(OWNER)
      .withHealthCheck(NO_HEALTH_CHECK)
      .withCommand(["gateway"])
      .withEnvironment({ REDIS_URL: "redis://redis:6379", GATEWAY_TOKEN: TOKEN })
      .withNetworkMode(this.#around.back)
      .withNetworkAliases("redis-rest")
      .withWaitStrategy(Wait.forLogMessage(/Seamline gateway/));
    this.gateways.push(await this.#start(container, ["redis-rest"]));
  }

  async #addOrchestrator(): Promise<void> {
    const { back, front, storage } = this.#around;
    const container = this.#program("serve", {})
      .withExposedPorts(8080)
      .withNetworkMode(storage.oneNetwork ? back : front)
      .withWaitStrategy(Wait.forHttp("/healthz", 8080));
    const orchestrator = await this.#start(container);
    if (!storage.oneNetwork) await orchestrator.rejoin();
    this.orchestrators.push(orchestrator);
  }

  async #start(container: GenericContainer, aliases: readonly string[] = []): Promise<FleetContainer> {
    const started = new FleetContainer(await container.start(), this.#around.back, aliases);
    this.#everything.push(started);
    return started;
  }

  #program(command: "serve" | "worker", environment: Readonly<Record<string, string>>): GenericContainer {
    const { storage } = this.#around;
    const settings = {
      UPSTASH_REDIS_REST_URL: "http://redis-rest:8080",
      UPSTASH_REDIS_REST_TOKEN: TOKEN,
      ...this.#options.environment,
      ...environment,
    };
    return storage.prepare(program(command, this.#options.mediaDir, settings, storage));
  }
}

/** Runs `use` against a container that does everything by itself, undisturbed, with storage of its own. */
export async function withLoneServer<T>(mediaDir: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = await program("serve", mediaDir, {})
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp("/healthz", 8080))
    .start();
  try {
    return await use(`http://127.0.0.1:${server.getMappedPort(8080)}/`);
  } finally {
    await server.stop({ timeout: 1000 });
  }
}

function program(
  command: "serve" | "worker",
  mediaDir: string,
  environment: Readonly<Record<string, string>>,
  { image = IMAGES.full, volumes = [] }: Partial<FleetStorage> = {},
): GenericContainer {
  return new GenericContainer(image)
    .withCommand([command])
    .withLabels(OWNER)
    .withHealthCheck(NO_HEALTH_CHECK)
    .withEnvironment({ LOG_LEVEL: "debug", ...LONG_WAIT, ...environment })
    .withBindMounts([{ source: mediaDir, target: "/films", mode: "ro" }, ...volumes])
    .withStartupTimeout(STARTUP_MS);
}

async function createNetwork(role: string): Promise<string> {
  const name = `seamline-test-${role}-${randomUUID()}`;
  await docker.createNetwork({ Name: name, Labels: OWNER });
  return name;
}
