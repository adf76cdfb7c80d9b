import { Redis } from "@upstash/redis/cloudflare";
import type { Log } from "../log.ts";
import { EventStream } from "./event-stream.ts";
import { type RedisPort, RedisUnavailableError, redisUnavailable, saysAway } from "./redis-port.ts";
import type { RedisScript } from "./redis-script.ts";

export interface UpstashRedisOptions {
  readonly url: string;
  readonly token: string;
  /** How long a call may take, milliseconds. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** A client of the caller's own, in place of the one made from `url` and `token`. */
  readonly client?: ScriptClient;
}

/** The part of an @upstash/redis client that is used. */
export interface ScriptClient {
  evalsha(sha1: string, keys: string[], args: string[]): Promise<unknown>;
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
  ping(): Promise<string>;
}

/** One more try after an answer that did not come: every script may be repeated. */
const ATTEMPTS = 2;

/** Redis over REST, as Upstash and Seamline's own gateway speak it. Uses Web APIs alone. */
export class UpstashRedis implements RedisPort {
  readonly #client: ScriptClient;
  readonly #options: UpstashRedisOptions;
  readonly #streams = new Set<EventStream>();

  constructor(options: UpstashRedisOptions) {
    this.#options = options;
    this.#client = options.client ?? createClient(options);
  }

  async evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    return this.#call(async () => {
      try {
        return await this.#client.evalsha(script.sha1, [...keys], [...args]);
      } catch (error) {
        if (!(error instanceof Error && error.message.includes("NOSCRIPT"))) throw error;
        return this.#client.eval(script.source, [...keys], [...args]);
      }
    }, signal);
  }

  subscribe(channel: string, onMessage: (message: string) => void, onConnected: () => void): () => void {
    const { url, token, log } = this.#options;
    const stream = new EventStream({
      url: `${url.replace(/\/$/, "")}/subscribe/${encodeURIComponent(channel)}`,
      token,
      log,
      onData(data) {
        const prefix = `message,${channel},`;
        if (data.startsWith(prefix)) onMessage(data.slice(prefix.length));
        // Only now does the server listen; the response may have begun before.
        else if (data.startsWith(`subscribe,${channel},`)) onConnected();
      },
    });
    this.#streams.add(stream);
    return () => {
      this.#streams.delete(stream);
      stream.close();
    };
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#call(() => this.#client.ping(), signal);
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  async #call(call: () => Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        const answer = await call();
        // What the client makes of a call that was cut off.
        if (answer === null || answer === undefined) throw new RedisUnavailableError("Redis gave no answer.");
        return answer;
      } catch (error) {
        if (isReply(error)) throw error;
        if (attempt < ATTEMPTS) continue;
        throw redisUnavailable(error);
      }
    }
  }
}

function createClient({ url, token, timeoutMs }: UpstashRedisOptions): ScriptClient {
  return new Redis({
    url,
    token,
    // Its own retries would repeat what may not be repeated; ours know.
    retry: false,
    automaticDeserialization: false,
    // Our replies are text: in base64 both sides would only have more to do.
    responseEncoding: false,
    enableTelemetry: false,
    // A function: a signal made once would be the first call's only.
    signal: () => AbortSignal.timeout(timeoutMs),
  }) as ScriptClient;
}

/** An error that Redis itself answered with; trying again would get the same. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "UpstashError" && !saysAway(error.message);
}
