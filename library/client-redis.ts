import type { Log } from "../shared/log.ts";
import { ChannelSubscriptions } from "../shared/redis/channel-subscriptions.ts";
import {
  type RedisPort,
  RedisUnavailableError,
  redisUnavailable,
  saysAway,
} from "../shared/redis/redis-port.ts";
import type { RedisScript } from "../shared/redis/redis-script.ts";
import type { RedisClient } from "./redis-client.ts";
import { type RedisListener, type RedisWire, redisWire } from "./redis-wire.ts";

export interface ClientRedisOptions {
  /** How long a command may take, milliseconds, whatever the client's own patience is. */
  readonly timeoutMs: number;
  readonly log: Log;
}

/** Redis through a client of the program's own, which stays open; the connection that listens is ours. */
export class ClientRedis implements RedisPort {
  readonly #wire: RedisWire;
  readonly #options: ClientRedisOptions;
  readonly #subscriptions = new ChannelSubscriptions();
  #listener: RedisListener | undefined;

  constructor(client: RedisClient, options: ClientRedisOptions) {
    this.#wire = redisWire(client);
    this.#options = options;
  }

  async evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    try {
      return await this.#inTime(this.#wire.evalsha(script.sha1, keys, args));
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith("NOSCRIPT")) throw toUnavailable(error);
    }
    return this.#inTime(this.#wire.eval(script.source, keys, args)).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  }

  subscribe(channel: string, onMessage: (message: string) => void, onConnected: () => void): () => void {
    const end = this.#subscriptions.add(channel, { onMessage, onConnected });
    this.#listener ??= this.#listen();
    this.#listenTo(channel);
    return () => {
      if (!end()) return;
      this.#listener?.unsubscribe(channel).catch(() => {
        // The connection is down: nothing is subscribed on the next one.
      });
    };
  }

  async ping(): Promise<void> {
    await this.#inTime(this.#wire.ping()).catch((error: unknown) => {
      throw toUnavailable(error);
    });
  }

  async close(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
  }

  #listen(): RedisListener {
    return this.#wire.listen({
      onError: (error) => this.#options.log.debug({ error: error.message }, "redis connection failed"),
      onReady: () => {
        for (const channel of this.#subscriptions.channels) this.#listenTo(channel);
      },
      onMessage: (channel, message) => this.#subscriptions.deliver(channel, message),
    });
  }

  #listenTo(channel: string): void {
    this.#listener?.subscribe(channel).then(
      () => {
        this.#subscriptions.connected(channel);
      },
      () => {
        // Not connected yet, or not any more: "ready" will come.
      },
    );
  }

  /** A client may queue commands for as long as its server is away. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new RedisUnavailableError(`no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What the server answered: ioredis names such errors ReplyError, node-redis derives them from ErrorReply. */
function isReply(error: unknown): error is Error {
  for (let kind = error; kind instanceof Error; kind = Object.getPrototypeOf(kind) as unknown) {
    if (kind.name === "ReplyError" || kind.constructor.name === "ErrorReply") return true;
  }
  return false;
}

function toUnavailable(error: unknown): Error {
  if (isReply(error) && !saysAway(error.message)) return error;
  return redisUnavailable(error);
}
