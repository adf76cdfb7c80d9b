import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What it was answered with. */
  readonly status: number;
}

/** An HTTP server that is told of events. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  readonly #answers: number[];
  readonly #server = createServer((request, response) => {
    void this.#receive(request).then((status) => {
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
  });
  #wake = () => {};

  /** @param answers the first statuses that it answers with; 204 after that. */
  constructor(...answers: readonly number[]) {
    this.#answers = [...answers];
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Waits until so many have come. */
  async until(count: number): Promise<readonly ReceivedWebhook[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.received;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #receive(request: IncomingMessage): Promise<number> {
    const body = await text(request);
    const status = this.#answers.shift() ?? 204;
    this.received.push({ headers: request.headers as Record<string, string>, body, status });
    this.#wake();
    return status;
  }
}
