import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP connection to a server, for what no HTTP client would do. */
export interface RawClient {
  readonly socket: Socket;
  /** All that has come so far. */
  received(): string;
  /** Settles once the server has ended the connection. */
  readonly closed: Promise<unknown>;
}

/** @param localAddress where it comes from: any of 127.0.0.0/8 is this machine. */
export async function openRawClient(url: string, localAddress = "127.0.0.1"): Promise<RawClient> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  // Being cut off is what some tests are about.
  socket.on("error", () => {});
  await once(socket, "connect");
  return {
    socket,
    received: () => Buffer.concat(chunks).toString("latin1"),
    closed: once(socket, "close"),
  };
}

/** A request without a body. */
export function requestText(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}
