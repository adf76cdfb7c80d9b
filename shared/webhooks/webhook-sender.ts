import type { Notify } from "../api/webhook-event.ts";
import type { Log } from "../log.ts";
import { hashText } from "../media/hash.ts";
import { pause } from "../pause.ts";
import { importWebhookSecret, webhookHeaders } from "./sign-webhook.ts";

export interface WebhookOptions {
  readonly urls: readonly string[];
  /** All of them sign. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** Before each further try, milliseconds. */
  readonly pausesMs?: readonly number[];
}

/** Six tries within an hour. */
const PAUSES_MS = [1000, 10_000, 60_000, 600_000, 3_000_000];
const TIMEOUT_MS = 10_000;
/** Messages that may wait for their receivers; what comes on top of that is dropped. */
const MOST_PENDING = 1000;
/** RFC 9110 15.5.11: nobody wants them there any more. */
const GONE = 410;

interface Message {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly type: string;
}

/** Tells the operator's servers what happened, by the convention of https://www.standardwebhooks.com. */
export class WebhookSender {
  readonly #options: WebhookOptions;
  readonly #keys: Promise<readonly CryptoKey[]>;
  readonly #pending = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#keys = Promise.all(options.secrets.map(importWebhookSecret));
    // Whoever signs hears of it.
    this.#keys.catch(() => {});
  }

  readonly notify: Notify = (event, key) => {
    for (const url of this.#options.urls) {
      if (this.#pending.size >= MOST_PENDING) {
        this.#options.log.warn(
          { type: event.type, to: hostOf(url) },
          "too many webhooks wait: one is dropped",
        );
        continue;
      }
      const sent = this.#deliver(url, event.type, JSON.stringify(event), key).finally(() => {
        this.#pending.delete(sent);
      });
      this.#pending.add(sent);
    }
  };

  /** Gives up what has not been delivered yet. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("the program stops"));
    await Promise.all(this.#pending);
  }

  async #deliver(url: string, type: string, body: string, key: string): Promise<void> {
    const { log, pausesMs = PAUSES_MS } = this.#options;
    const message = { id: `msg_${await hashText(key)}`, url, type, body };
    for (let tries = 1; !this.#closing.signal.aborted; tries++) {
      const failure = await this.#try(message);
      if (failure === undefined) return;
      const pauseMs = failure === GONE ? undefined : pausesMs[tries - 1];
      const fields = { type, webhook: message.id, to: hostOf(url), tries, error: String(failure) };
      if (pauseMs === undefined) return log.error(fields, "webhook not delivered");
      log.warn(fields, "webhook not delivered yet");
      await pause(pauseMs * (0.75 + Math.random() / 2), this.#closing.signal);
    }
  }

  /** @returns what went wrong: a status, or an error. */
  async #try({ id, url, body }: Message): Promise<unknown> {
    try {
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = await webhookHeaders({ id, timestamp, body }, await this.#keys);
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      // Followed, a redirect would lead where the operator has not sent us.
      const response = await fetch(url, { method: "POST", body, headers, signal, redirect: "manual" });
      await response.body?.cancel();
      return response.ok ? undefined : response.status;
    } catch (error) {
      return error;
    }
  }
}

/** All that a log needs of an address that may be known to few. */
function hostOf(url: string): string {
  return new URL(url).host;
}
