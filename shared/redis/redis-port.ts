import type { RedisScript } from "./redis-script.ts";

/** The little of Redis that the lease store needs, over whichever wire. */
export interface RedisPort {
  /**
   * Runs a script and resolves to its reply: strings, integers and flat arrays of them.
   * @throws RedisUnavailableError when there is no answer in time. Whether the script ran is unknown then.
   */
  evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: readonly string[],
    signal?: AbortSignal,
  ): Promise<unknown>;
  /**
   * Hears what is published on a channel until unsubscribed, across reconnections. Messages may be lost.
   * @param onConnected called whenever listening (again) begins.
   */
  subscribe(channel: string, onMessage: (message: string) => void, onConnected: () => void): () => void;
  /** Throws RedisUnavailableError while there is no answer. */
  ping(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How a gateway answers while its Redis is away. Clients see this text alone, not the status beside it. */
export const UNAVAILABLE_REPLY = "ERR redis is unavailable";

/**
 * What a server says that can't do anything now: it starts, follows another one, is cut off from its replicas,
 * can't save, or has no memory left. To whoever asked it is away.
 */
const AWAY =
  /^(?:Command failed: )?(?:ERR Error running script .*?-)?(?:LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS)\b/;

export function saysAway(reply: string): boolean {
  return reply.startsWith(UNAVAILABLE_REPLY) || AWAY.test(reply);
}

/** Redis can't be reached, or does not answer in time. */
export class RedisUnavailableError extends Error {
  override readonly name = "RedisUnavailableError";
}

/** @param cause why there is no answer. */
export function redisUnavailable(cause: unknown): RedisUnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RedisUnavailableError(`Redis does not answer: ${reason}`, { cause });
}

export function isRedisAway(error: unknown): boolean {
  return error instanceof RedisUnavailableError;
}
