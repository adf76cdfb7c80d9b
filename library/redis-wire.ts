import type { RedisClient } from "./redis-client.ts";

/** What two kinds of clients have in common. */
export interface RedisWire {
  evalsha(sha1: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  eval(source: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  /** Opens a connection to listen at. */
  listen(hear: Hearing): RedisListener;
}

export interface Hearing {
  readonly onError: (error: Error) => void;
  /** The connection is there, or there again. */
  readonly onReady: () => void;
  readonly onMessage: (channel: string, message: string) => void;
}

export interface RedisListener {
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  close(): void;
}

interface Ioredis {
  evalsha(sha1: string, count: number, ...args: string[]): Promise<unknown>;
  eval(source: string, count: number, ...args: string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  duplicate(): Omit<RedisListener, "close"> & {
    on(event: string, listener: (...args: never[]) => void): unknown;
    disconnect(): void;
  };
}

type Arguments = { keys: string[]; arguments: string[] };

interface NodeRedis {
  evalSha(sha1: string, options: Arguments): Promise<unknown>;
  eval(source: string, options: Arguments): Promise<unknown>;
  ping(): Promise<unknown>;
  duplicate(): {
    on(event: string, listener: (...args: never[]) => void): unknown;
    connect(): Promise<unknown>;
    subscribe(channel: string, listener: (message: string, channel: string) => void): Promise<unknown>;
    unsubscribe(channel: string): Promise<unknown>;
    disconnect(): unknown;
    /** Since version 5, in place of `disconnect`. */
    destroy?(): void;
  };
}

export function redisWire(client: RedisClient): RedisWire {
  return "evalSha" in client
    ? nodeRedisWire(client as unknown as NodeRedis)
    : ioredisWire(client as unknown as Ioredis);
}

function ioredisWire(client: Ioredis): RedisWire {
  return {
    evalsha: (sha1, keys, args) => client.evalsha(sha1, keys.length, ...keys, ...args),
    eval: (source, keys, args) => client.eval(source, keys.length, ...keys, ...args),
    ping: () => client.ping(),
    listen({ onError, onReady, onMessage }) {
      const listener = client.duplicate();
      listener.on("error", onError);
      listener.on("ready", onReady);
      listener.on("message", onMessage);
      return {
        subscribe: (channel) => listener.subscribe(channel),
        unsubscribe: (channel) => listener.unsubscribe(channel),
        close: () => listener.disconnect(),
      };
    },
  };
}

function nodeRedisWire(client: NodeRedis): RedisWire {
  const options = (keys: readonly string[], args: readonly string[]) => ({
    keys: [...keys],
    arguments: [...args],
  });
  return {
    evalsha: (sha1, keys, args) => client.evalSha(sha1, options(keys, args)),
    eval: (source, keys, args) => client.eval(source, options(keys, args)),
    ping: () => client.ping(),
    listen({ onError, onReady, onMessage }) {
      const listener = client.duplicate();
      listener.on("error", onError);
      listener.on("ready", onReady);
      // It tries again by itself.
      listener.connect().catch(onError);
      // One function for all: subscribed twice, it is still called once.
      const hear = (message: string, channel: string) => onMessage(channel, message);
      return {
        subscribe: (channel) => listener.subscribe(channel, hear),
        unsubscribe: (channel) => listener.unsubscribe(channel),
        close: () => void (listener.destroy?.() ?? listener.disconnect()),
      };
    },
  };
}
