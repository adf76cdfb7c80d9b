import { Redis } from "ioredis";
import {
  type CommandPort,
  CommandsUnavailableError,
  type Reply,
  type ReplyValue,
} from "../orchestrator/gateway/command-port.ts";
import type { Log } from "../shared/log.ts";

/** How long a command may take before the gateway says that Redis is away. */
const COMMAND_TIMEOUT_MS = 5000;

/** Passes the gateway's commands on to a Redis over TCP: one connection for all, one to listen. */
export class TcpCommands implements CommandPort {
  readonly #commands: Redis;
  readonly #listener: Redis;
  readonly #listeners = new Map<string, Set<(channel: string, message: string) => void>>();

  constructor(url: string, log: Log) {
    this.#commands = connect(url, log);
    this.#listener = connect(url, log);
    this.#listener.on("message", (channel: string, message: string) =>
      this.#hear(`subscribe ${channel}`, channel, message),
    );
    this.#listener.on("pmessage", (pattern: string, channel: string, message: string) =>
      this.#hear(`psubscribe ${pattern}`, channel, message),
    );
  }

  async execute(
    commands: readonly (readonly string[])[],
    { atomic }: { atomic: boolean },
  ): Promise<readonly Reply[]> {
    if (this.#commands.status !== "ready") throw new CommandsUnavailableError("not connected");
    const chain = atomic ? this.#commands.multi() : this.#commands.pipeline();
    // In capitals the client takes no notice of what a command is, and leaves arguments and replies alone.
    for (const [name, ...args] of commands) chain.call(name!.toUpperCase(), ...args);
    const replies = await chain.exec().catch((error: Error) => {
      // The transaction as a whole was refused: nothing of it was done.
      if (error.name === "ReplyError") return commands.map(() => [error, null] as [Error, unknown]);
      throw new CommandsUnavailableError(error.message, { cause: error });
    });
    return (replies ?? []).map(([error, value]) => toReply(error, value));
  }

  async listen(
    kind: "subscribe" | "psubscribe",
    name: string,
    onMessage: (channel: string, message: string) => void,
  ): Promise<() => void> {
    if (this.#listener.status !== "ready") throw new CommandsUnavailableError("not connected");
    const key = `${kind} ${name}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(onMessage);
    this.#listeners.set(key, listeners);
    await (kind === "subscribe" ? this.#listener.subscribe(name) : this.#listener.psubscribe(name));
    return () => {
      listeners.delete(onMessage);
      if (listeners.size > 0) return;
      this.#listeners.delete(key);
      const leave =
        kind === "subscribe" ? this.#listener.unsubscribe(name) : this.#listener.punsubscribe(name);
      // The connection is down: it listens to nothing any more.
      leave.catch(() => {});
    };
  }

  close(): void {
    this.#commands.disconnect();
    this.#listener.disconnect();
  }

  #hear(key: string, channel: string, message: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener(channel, message);
  }
}

function connect(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    protocol: 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(1000, 50 * 2 ** Math.min(attempt, 8)),
  });
  redis.on("error", (error: Error) => log.debug({ error: error.message }, "redis connection failed"));
  return redis;
}

function toReply(error: Error | null, value: unknown): Reply {
  if (!error) return { result: value as ReplyValue };
  if (error.name === "ReplyError") return { error: error.message };
  throw new CommandsUnavailableError(error.message, { cause: error });
}
