/** A Redis that takes any command, as the gateway passes it on. */
export interface CommandPort {
  /** The reply to each command: a value, or an error that the server answered with. */
  execute(
    commands: readonly (readonly string[])[],
    options: { readonly atomic: boolean },
  ): Promise<readonly Reply[]>;
  /** Hears a channel, or a pattern, until unsubscribed. */
  listen(
    kind: "subscribe" | "psubscribe",
    name: string,
    onMessage: (channel: string, message: string) => void,
  ): Promise<() => void>;
}

export type Reply = { readonly result: ReplyValue } | { readonly error: string };
export type ReplyValue = string | number | null | readonly ReplyValue[];

/** Redis can't be reached: no command was answered. */
export class CommandsUnavailableError extends Error {
  override readonly name = "CommandsUnavailableError";
}
