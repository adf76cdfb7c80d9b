import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { CommandPort, ListenKind } from "./command-port.ts";

/** A client that reads more slowly than others publish is let go of, rather than kept for in memory. */
const MAX_UNREAD_CHARACTERS = 1_000_000;

export interface StreamMessagesOptions {
  readonly redis: CommandPort;
  readonly kind: ListenKind;
  /** A channel, or a pattern of channels. */
  readonly name: string;
  readonly keepAliveMs: number;
}

/** Listens first: while Redis is away the answer is 503 rather than a stream that ends at once. */
export async function streamMessages(context: Context, options: StreamMessagesOptions): Promise<Response> {
  const { redis, kind, name, keepAliveMs } = options;
  const early: string[] = [];
  let send = (data: string): void => {
    early.push(data);
  };
  const stop = await redis.listen(kind, name, (channel, message) => {
    const head = kind === "subscribe" ? `message,${channel}` : `pmessage,${name},${channel}`;
    send(`${head},${message}`);
  });
  return streamSSE(context, async (stream) => {
    const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
    const keepAlive = setInterval(() => void stream.write(": still here\n\n"), keepAliveMs);
    try {
      send = boundedSend(stream);
      for (const data of [`${kind},${name},1`, ...early]) send(data);
      await gone;
    } finally {
      clearInterval(keepAlive);
      stop();
    }
  });
}

function boundedSend(stream: SSEStreamingApi): (data: string) => void {
  let unread = 0;
  return (data) => {
    unread += data.length;
    if (unread > MAX_UNREAD_CHARACTERS) return stream.abort();
    void stream.writeSSE({ data }).then(() => {
      unread -= data.length;
    });
  };
}
