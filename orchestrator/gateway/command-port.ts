/** A Redis that takes any command, as the gateway passes it on. */
export interface CommandPort {
  /**
   * The reply to each command: a value, or an error that the server answered with.
   * @throws {TransactionDiscardedError} and nothing was done; {CommandsUnavailableError}.
   */
  execute(
    commands: readonly (readonly Word[])[],
    options: { readonly atomic: boolean },
  ): Promise<readonly Reply[]>;
  /** Hears a channel, or a pattern, until unsubscribed. */
  listen(
    kind: ListenKind,
    name: string,
    onMessage: (channel: string, message: string) => void,
  ): Promise<() => void>;
}

export type ListenKind = "subscribe" | "psubscribe";
/** A command's name or argument; bytes where it may not be text. */
export type Word = string | Uint8Array;

export type Reply = { readonly result: ReplyValue } | { readonly error: string };
/** Redis knows bytes, not text. */
export type ReplyValue = Uint8Array | number | null | readonly ReplyValue[];

/** Redis can't be reached: no command was answered. */
export class CommandsUnavailableError extends Error {
  override readonly name = "CommandsUnavailableError";
}

/** A command of the transaction was none, so that Redis did nothing of it. */
export class TransactionDiscardedError extends Error {
  override readonly name = "TransactionDiscardedError";
}
