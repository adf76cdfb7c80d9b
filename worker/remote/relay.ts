import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { RemoteFile } from "./remote-file.ts";

/**
 * Lets FFmpeg read a remote file, and nothing else, from an address of this process that nobody can guess: what
 * FFmpeg may not do, looking up names and following redirects, is not its business any more. The address is
 * there as long as the work is.
 * @param work gets a signal that also fires, with a FaultError, when the host fails: what FFmpeg makes of a file
 *   that breaks off is not the film.
 */
export async function withRelay<T>(
  file: RemoteFile,
  signal: AbortSignal,
  work: (inputUrl: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const over = new AbortController();
  // Demuxers go by the end of the name, too.
  const address = `/${randomBytes(24).toString("hex")}/${encodeURIComponent(file.path.split("/").at(-1)!)}`;
  const server = createServer((request, response) => {
    if (request.url !== address || request.method !== "GET") return void response.writeHead(404).end();
    void relay(file, request, response, over.signal, (fault) => failed.abort(fault));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await work(`http://127.0.0.1:${port}${address}`, AbortSignal.any([signal, failed.signal]));
  } finally {
    over.abort();
    server.closeAllConnections();
    server.close();
  }
}

/** Answers one request of FFmpeg's. Of what the host says, nothing but the bytes gets through. */
async function relay(
  file: RemoteFile,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  onFault: (fault: unknown) => void,
): Promise<void> {
  const [, first = "0", last] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(request.headers.range ?? "") ?? [];
  const [from, to] = [Number(first), Math.min(Number(last ?? file.size), file.size - 1)];
  if (from > to) return void response.writeHead(416, { "content-range": `bytes */${file.size}` }).end();
  response.writeHead(206, {
    "content-type": "application/octet-stream",
    "content-length": to - from + 1,
    "content-range": `bytes ${from}-${to}/${file.size}`,
    "accept-ranges": "bytes",
  });
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const wanted = AbortSignal.any([signal, gone.signal]);
  const bytes = async function* () {
    try {
      yield* file.read(from, to, wanted);
    } catch (error) {
      // Told of before FFmpeg sees the end of it. No fault where FFmpeg has seen enough: it seeks, or has ended.
      if (!wanted.aborted) onFault(error);
      throw error;
    }
  };
  await pipeline(bytes, response).catch(() => {});
}
