import { Redis, type RedisOptions } from "ioredis";
import type { Log } from "../log.ts";
import { ChannelSubscriptions } from "../redis/channel-subscriptions.ts";
import { type RedisPort, redisUnavailable, saysAway } from "../redis/redis-port.ts";
import type { RedisScript } from "../redis/redis-script.ts";

export interface TcpRedisOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any. */
  readonly url: string;
  /** How long a command may take, milliseconds. */
  readonly timeoutMs: number;
  readonly log: Log;
}

const RECONNECT_MS = { first: 50, most: 1000 };
/** An idle subscription says nothing when its server goes away: it is asked this often. */
const HEARTBEAT_MS = 2000;

/** Redis over TCP or TLS: one connection for commands and, once somebody listens, one to listen. */
export class TcpRedis implements RedisPort {
  readonly #commands: Redis;
  readonly #log: Log;
  readonly #subscriptions = new ChannelSubscriptions();
  #listener: Redis | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #options: TcpRedisOptions;

  constructor(options: TcpRedisOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#commands = this.#connect("commands");
  }

  async evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const rest = [keys.length, ...keys, ...args] as const;
    try {
      return await this.#commands.evalsha(script.sha1, ...rest);
    } catch (error) {
      if (!isMissingScript(error)) throw toUnavailable(error);
    }
    return this.#commands.eval(script.source, ...rest).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  }

  subscribe(channel: string, onMessage: (message: string) => void, onConnected: () => void): () => void {
    const end = this.#subscriptions.add(channel, { onMessage, onConnected });
    this.#listener ??= this.#listen();
    if (this.#listener.status === "ready") this.#listenTo(channel, this.#listener);
    return () => {
      if (!end()) return;
      this.#listener?.unsubscribe(channel).catch(() => {
        // The connection is down: nothing is subscribed on the next one.
      });
    };
  }

  async ping(): Promise<void> {
    await this.#commands.ping().catch((error: unknown) => {
      throw toUnavailable(error);
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#commands.disconnect();
    this.#listener?.disconnect();
  }

  #connect(role: string): Redis {
    const redis = new Redis(this.#options.url, connectionOptions(this.#options.timeoutMs));
    // Without a listener an error would end the process; every caller gets its own all the same.
    redis.on("error", (error: Error) =>
      this.#log.debug({ role, error: error.message }, "redis connection failed"),
    );
    return redis;
  }

  #listen(): Redis {
    const listener = this.#connect("listener");
    listener.on("ready", () => {
      for (const channel of this.#subscriptions.channels) this.#listenTo(channel, listener);
    });
    listener.on("message", (channel: string, message: string) =>
      this.#subscriptions.deliver(channel, message),
    );
    this.#heartbeat = setInterval(() => {
      if (listener.status === "ready") listener.ping().catch(() => listener.disconnect(true));
    }, HEARTBEAT_MS);
    return listener;
  }

  #listenTo(channel: string, listener: Redis): void {
    listener.subscribe(channel).then(
      () => {
        this.#subscriptions.connected(channel);
      },
      () => {
        // It went away again: "ready" will come back.
      },
    );
  }
}

function connectionOptions(timeoutMs: number): RedisOptions & { replyMapping?: "legacy" } {
  return {
    protocol: 2,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // Away means away: callers decide what to do, nothing piles up.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResubscribe: false,
    retryStrategy: (attempt) =>
      Math.min(RECONNECT_MS.most, RECONNECT_MS.first * 2 ** Math.min(attempt, 10)) *
      (0.5 + Math.random() / 2),
  };
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

/** What the server itself says of a command is a fault of ours; all else means that it is away. */
function toUnavailable(error: unknown): Error {
  const isReply = error instanceof Error && error.name === "ReplyError" && !saysAway(error.message);
  if (isReply) return error;
  return redisUnavailable(error);
}
