import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Place } from "./host-address.ts";

/** A host said nothing for too long. */
export class HostSilentError extends Error {
  override readonly name = "HostSilentError";
}

/** Shorter than it takes for an FFmpeg that waits for the answer to count as standing still. */
const SILENCE_MS = 8000;
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Asks for bytes `first` to `last` of a file; resolves with the head of the answer, whatever it says. The body
 * is the caller's to read or to destroy.
 */
export function askHost(
  { url, addresses }: Place,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    // A connection of its own: none is left open, and none was opened for anything else.
    agent: false,
    signal,
    lookup: answerWith(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { range: `bytes=${first}-${last}`, "accept-encoding": "identity", "user-agent": "seamline" },
  });
  const timer = setTimeout(() => request.destroy(new HostSilentError("no answer")), SILENCE_MS);
  return new Promise<IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject).end();
  }).finally(() => clearTimeout(timer));
}

/** The body of an answer, read as fast as it is taken. Who takes nothing for a while is not held against the host. */
export async function* readBody(answer: IncomingMessage): AsyncGenerator<Buffer, void, void> {
  const chunks: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(() => answer.destroy(new HostSilentError("no more of it")), SILENCE_MS);
    const chunk = await chunks.next().finally(() => clearTimeout(timer));
    if (chunk.done) return;
    yield chunk.value;
  }
}

/** In place of another look-up, which might find another address than the one that was checked. */
function answerWith(addresses: Place["addresses"]): LookupFunction {
  return (_name, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}
