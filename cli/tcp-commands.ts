import { Redis } from "ioredis";
import {
  type CommandPort,
  CommandsUnavailableError,
  type ListenKind,
  type Reply,
  type ReplyValue,
  TransactionDiscardedError,
  type Word,
} from "../orchestrator/gateway/command-port.ts";
import type { Log } from "../shared/log.ts";

/** How long a command may take before the gateway says that Redis is away. */
const COMMAND_TIMEOUT_MS = 5000;
/** What the client's error says then; it has no code. */
const TIMED_OUT = "Command timed out";

/** Passes the gateway's commands on to a Redis over TCP: one connection for all, one to listen. */
export class TcpCommands implements CommandPort {
  readonly #commands: Redis;
  readonly #listener: Redis;
  readonly #listeners = new Map<string, Set<(channel: string, message: string) => void>>();

  constructor(url: string, log: Log, { timeoutMs = COMMAND_TIMEOUT_MS }: { timeoutMs?: number } = {}) {
    this.#commands = connect(url, log, timeoutMs);
    this.#listener = connect(url, log, timeoutMs);
    this.#listener.on("message", (channel: string, message: string) =>
      this.#hear(`subscribe ${channel}`, channel, message),
    );
    this.#listener.on("pmessage", (pattern: string, channel: string, message: string) =>
      this.#hear(`psubscribe ${pattern}`, channel, message),
    );
  }

  async execute(
    commands: readonly (readonly Word[])[],
    { atomic }: { atomic: boolean },
  ): Promise<readonly Reply[]> {
    const replies = await this.#run(atomic ? [["MULTI"], ...commands, ["EXEC"]] : commands);
    return atomic ? unwrapTransaction(replies) : replies.map(toReply);
  }

  async listen(
    kind: ListenKind,
    name: string,
    onMessage: (channel: string, message: string) => void,
  ): Promise<() => void> {
    if (this.#listener.status !== "ready") throw new CommandsUnavailableError("not connected");
    const key = `${kind} ${name}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(onMessage);
    this.#listeners.set(key, listeners);
    const stop = () => {
      listeners.delete(onMessage);
      if (listeners.size > 0 || this.#listeners.get(key) !== listeners) return;
      this.#listeners.delete(key);
      const leave =
        kind === "subscribe" ? this.#listener.unsubscribe(name) : this.#listener.punsubscribe(name);
      // The connection is down: it listens to nothing any more.
      leave.catch(() => {});
    };
    try {
      await (kind === "subscribe" ? this.#listener.subscribe(name) : this.#listener.psubscribe(name));
    } catch (error) {
      stop();
      throw new CommandsUnavailableError((error as Error).message, { cause: error });
    }
    return stop;
  }

  close(): void {
    this.#commands.disconnect();
    this.#listener.disconnect();
  }

  async #run(commands: readonly (readonly Word[])[]): Promise<readonly RawReply[]> {
    if (this.#commands.status !== "ready") throw new CommandsUnavailableError("not connected");
    const chain = this.#commands.pipeline();
    // In capitals the client takes no notice of what a command is, and leaves arguments and replies alone.
    for (const [name, ...args] of commands) {
      chain.callBuffer(toArgument(name!).toString().toUpperCase(), ...args.map(toArgument));
    }
    const replies = (await chain.exec()) ?? [];
    const failure = replies.map(([error]) => error).find((error) => error && error.name !== "ReplyError");
    if (!failure) return replies.map(([error, value]) => error ?? value);
    // A Redis that has fallen silent: until it takes a new connection, further commands needn't wait for it.
    if (failure.message === TIMED_OUT) this.#commands.disconnect(true);
    throw new CommandsUnavailableError(failure.message, { cause: failure });
  }

  #hear(key: string, channel: string, message: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener(channel, message);
  }
}

function connect(url: string, log: Log, commandTimeout: number): Redis {
  const redis = new Redis(url, {
    protocol: 2,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout,
    retryStrategy: (attempt) => Math.min(1000, 50 * 2 ** Math.min(attempt, 8)),
  });
  redis.on("error", (error: Error) => log.debug({ error: error.message }, "redis connection failed"));
  return redis;
}

/** A value, or the error that the server answered with. */
type RawReply = unknown;

function toArgument(word: Word): string | Buffer {
  return typeof word === "string" ? word : Buffer.from(word.buffer, word.byteOffset, word.byteLength);
}

function toReply(raw: RawReply): Reply {
  return raw instanceof Error ? { error: raw.message } : { result: toValue(raw) };
}

/** A script's reply may have errors inside, which are no values: what they say is. */
function toValue(raw: RawReply): ReplyValue {
  if (Array.isArray(raw)) return raw.map(toValue);
  return raw instanceof Error ? Buffer.from(raw.message) : (raw as ReplyValue);
}

/** The last reply has all of them, or says that the transaction was discarded, but not why. */
function unwrapTransaction(replies: readonly RawReply[]): readonly Reply[] {
  const last = replies.at(-1);
  if (Array.isArray(last)) return last.map(toReply);
  const [cause] = replies.filter((reply) => reply instanceof Error);
  throw new TransactionDiscardedError(
    `EXECABORT Transaction discarded because of: ${cause?.message ?? "an empty reply"}`,
  );
}
