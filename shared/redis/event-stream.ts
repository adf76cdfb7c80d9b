import type { Log } from "../log.ts";

export interface EventStreamOptions {
  readonly url: string;
  readonly token: string;
  readonly log: Log;
  /** @param data of one event, without the field's name. */
  readonly onData: (data: string) => void;
}

const RECONNECT_MS = { first: 100, most: 2000 };
/** A stream that says nothing for so long is opened anew: its server may be gone without a word. */
const SILENCE_MS = 60_000;

/** A server-sent event stream that comes back by itself until it is closed. */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #closing = new AbortController();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    void this.#run();
  }

  close(): void {
    this.#closing.abort(new Error("closed"));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#listen(() => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.debug({ error: String(error) }, "event stream broke off");
      }
      const pause = Math.min(RECONNECT_MS.most, RECONNECT_MS.first * 2 ** Math.min(failures, 8));
      await delay(pause * (0.5 + Math.random() / 2), signal);
    }
  }

  /** Reads one connection to its end. */
  async #listen(onOpen: () => void): Promise<void> {
    const { url, token, onData } = this.#options;
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, silence.signal]);
    let timer = setTimeout(() => silence.abort(new Error("no word from the server")), SILENCE_MS);
    try {
      const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
      const response = await fetch(url, { headers, signal });
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      onOpen();
      let rest = "";
      const decoder = new TextDecoder();
      for (const reader = response.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(new Error("no word from the server")), SILENCE_MS);
        const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
        rest = lines.pop()!;
        for (const line of lines) if (line.startsWith("data:")) onData(line.slice(5).trimStart());
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { once: true });
  });
}
