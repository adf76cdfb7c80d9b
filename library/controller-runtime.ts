import { createLog } from "../cli/log.ts";
import { createRedis } from "../cli/redis.ts";
import type { Config } from "../shared/config.ts";
import type { Log } from "../shared/log.ts";
import type { RedisPort } from "../shared/redis/redis-port.ts";
import { ClientRedis } from "./client-redis.ts";
import { controllerConfig } from "./controller-config.ts";
import { ControllerError } from "./controller-error.ts";
import type { HLSManagerOptions } from "./controller-options.ts";
import { type Embedded, startEmbedded } from "./embedded.ts";
import { VideoQualityEnum } from "./enums.ts";
import { Films } from "./films.ts";
import { parseOptions } from "./parse-options.ts";
import type { OfferedQualities } from "./qualities.ts";

interface Running {
  readonly films: Films;
  readonly embedded: Embedded;
  readonly redis: RedisPort | undefined;
}

/** What stands behind a controller: started once, when it is first needed, and stopped once. */
export class ControllerRuntime {
  readonly log: Log;
  readonly offered: OfferedQualities;
  readonly disposeMs: number;
  readonly metricsMs: number;
  readonly #options: HLSManagerOptions;
  readonly #config: Config;
  readonly #stopping = new AbortController();
  #running: Promise<Running> | undefined;

  constructor(given: HLSManagerOptions, environment = process.env) {
    const options = parseOptions(given);
    const { config, disposeMs, metricsMs, lacksRedis } = controllerConfig(options, environment);
    this.#options = options;
    this.#config = config;
    this.disposeMs = disposeMs;
    this.metricsMs = metricsMs;
    this.log = (options.log as Log | undefined) ?? createLog(config);
    this.offered = { video: options.videoQualities, audio: options.audioQualities };
    if (lacksRedis) this.log.warn({}, "distributed.enabled without a Redis: everything is in this process");
    if (options.hwAccel && config.ENCODER === "software")
      this.log.warn(
        {},
        "hwAccel in a fleet: name the encoder that all of its nodes have in settings.ENCODER",
      );
  }

  /** Nothing but the picture as it is in the file is wanted. */
  get wantsOriginalAlone(): boolean {
    return this.offered.video?.every((quality) => quality === VideoQualityEnum.ORIGINAL) ?? false;
  }

  async films(): Promise<Films> {
    if (this.#stopping.signal.aborted) throw disposed();
    this.#running ??= this.#start().catch((error: unknown) => {
      // What was in the way may be gone when it is tried again.
      this.#running = undefined;
      throw error;
    });
    return (await this.#running).films;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(disposed());
    const running = await this.#running?.catch(() => undefined);
    if (!running) return;
    await running.embedded.closed;
    await running.redis?.close();
  }

  async #start(): Promise<Running> {
    const { log, offered } = this;
    const { signal } = this.#stopping;
    const redis = this.#createRedis();
    try {
      const options = { config: this.#config, redis, log, signal };
      const embedded = await startEmbedded(options);
      return { films: new Films(embedded.orchestrator, offered), embedded, redis };
    } catch (error) {
      await redis?.close();
      throw error;
    }
  }

  #createRedis(): RedisPort | undefined {
    const { client, enabled } = this.#options.distributed ?? {};
    if (!client || enabled === false) return createRedis(this.#config, this.log);
    return new ClientRedis(client, { timeoutMs: this.#config.REDIS_TIMEOUT_MS, log: this.log });
  }
}

function disposed(): ControllerError {
  return new ControllerError("This controller was disposed of: make another one.", {
    code: "shutting-down",
    status: 503,
  });
}
