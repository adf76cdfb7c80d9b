/** Somebody who listens at a channel. */
export interface ChannelSubscription {
  readonly onMessage: (message: string) => void;
  /** Called whenever listening (again) begins. */
  readonly onConnected: () => void;
}

/** Who listens at which channels of one connection, whatever becomes of that. */
export class ChannelSubscriptions {
  readonly #byChannel = new Map<string, Set<ChannelSubscription>>();

  get channels(): Iterable<string> {
    return this.#byChannel.keys();
  }

  /** @returns ends it, and says whether nobody listens at the channel any more. */
  add(channel: string, subscription: ChannelSubscription): () => boolean {
    const subscriptions = this.#byChannel.get(channel) ?? new Set();
    subscriptions.add(subscription);
    this.#byChannel.set(channel, subscriptions);
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size > 0) return false;
      this.#byChannel.delete(channel);
      return true;
    };
  }

  deliver(channel: string, message: string): void {
    for (const { onMessage } of this.#byChannel.get(channel) ?? []) onMessage(message);
  }

  connected(channel: string): void {
    for (const { onConnected } of this.#byChannel.get(channel) ?? []) onConnected();
  }
}
