import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { shardKeys } from "../../shared/redis/keys.ts";
import type { RedisPort } from "../../shared/redis/redis-port.ts";
import type { RedisScript } from "../../shared/redis/redis-script.ts";
import type { Mishap } from "./history-steps.ts";

/** Changes a script's source, to see what comes of it. */
export type Mutation = (source: string, name: string) => string;

/**
 * A key space of its own in a Redis that many histories share, with a clock that the test moves. The scripts
 * are the real ones but for where they get the time from: it comes along as the last key.
 */
export class VirtualRedis implements RedisPort {
  readonly #redis: RedisPort;
  readonly #admin: Redis;
  readonly #space: string;
  readonly #clock: { now: number };
  readonly #mutate: Mutation;

  constructor(
    redis: RedisPort,
    options: { admin: Redis; space: string; clock: { now: number }; mutate?: Mutation | undefined },
  ) {
    this.#redis = redis;
    this.#admin = options.admin;
    this.#space = `${options.space}:`;
    this.#clock = options.clock;
    this.#mutate = options.mutate ?? ((source) => source);
  }

  async evaluate(script: RedisScript, keys: readonly string[], [channel, ...args]: readonly string[]) {
    const { source, sha1 } = withClock(script, this.#mutate);
    const ownKeys = [...keys.map((key) => this.#space + key), `${this.#space}${this.#clock.now}`];
    const rest = [ownKeys.length, ...ownKeys, this.#space + channel, ...args] as const;
    return this.#admin.evalsha(sha1, ...rest).catch((error: Error) => {
      if (!error.message.startsWith("NOSCRIPT")) throw error;
      return this.#admin.eval(source, ...rest);
    });
  }

  subscribe(channel: string, onMessage: (message: string) => void, onConnected: () => void) {
    return this.#redis.subscribe(this.#space + channel, onMessage, onConnected);
  }

  ping() {
    return this.#redis.ping();
  }

  /** Empties the key space. The connection is shared and stays. */
  async close(): Promise<void> {
    await this.#remove(this.#space);
    await this.#remove(`saved:${this.#space}`);
  }

  async suffer(mishap: Mishap): Promise<void> {
    switch (mishap.kind) {
      case "flush":
        return this.#remove(this.#space);
      case "script-flush":
        await this.#admin.script("FLUSH");
        return;
      case "save":
        await this.#remove(`saved:${this.#space}`);
        return this.#copy(this.#space, `saved:${this.#space}`);
      case "lose-tail":
        await this.#remove(this.#space);
        return this.#copy(`saved:${this.#space}`, this.#space);
      case "evict":
        await this.#admin.del(this.#space + shardKeys(0)[mishap.key]!);
        return;
      case "clock-back":
        this.#clock.now -= mishap.ms;
    }
  }

  /** Keys that would stay for good, by their names in the shard. */
  async keptKeys(): Promise<string[]> {
    const keys = await this.#keys(this.#space);
    const lives = await Promise.all(keys.map((key) => this.#admin.pttl(key)));
    return keys.filter((_, k) => lives[k] === -1).map((key) => key.slice(this.#space.length));
  }

  #keys(prefix: string): Promise<string[]> {
    return this.#admin.keys(`${prefix}*`);
  }

  async #remove(prefix: string): Promise<void> {
    const keys = await this.#keys(prefix);
    if (keys.length > 0) await this.#admin.del(...keys);
  }

  async #copy(from: string, to: string): Promise<void> {
    const keys = await this.#keys(from);
    await Promise.all(keys.map((key) => this.#admin.copy(key, to + key.slice(from.length))));
  }
}

const TIME = "redis.call('TIME')";
const VIRTUAL_TIME =
  "(function(ms) return { math.floor(ms / 1000), ms % 1000 * 1000 } end)(string.match(KEYS[#KEYS], '%d+$'))";
const virtual = new Map<string, { readonly source: string; readonly sha1: string }>();

function withClock({ name, source }: RedisScript, mutate: Mutation) {
  const mutated = mutate(source, name);
  const known = virtual.get(mutated);
  if (known) return known;
  if (mutated.split(TIME).length !== 2) throw new Error(`${name}.lua does not ask for the time exactly once`);
  const timed = mutated.replace(TIME, () => VIRTUAL_TIME);
  const script = { source: timed, sha1: createHash("sha1").update(timed).digest("hex") };
  virtual.set(mutated, script);
  return script;
}
