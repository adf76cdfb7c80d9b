import type { IncomingMessage } from "node:http";
import { FaultError } from "../../shared/fault.ts";
import { hashText } from "../../shared/media/hash.ts";
import { notAllowed, remoteUrl, requireListed, type SourceHosts } from "../../shared/media/remote-path.ts";
import { DiskTimeoutError } from "../../shared/node/disk-calls.ts";
import { untilAborted } from "../../shared/until-aborted.ts";
import { START_BYTES } from "../source-file.ts";
import { askHost, HostSilentError, readBody } from "./ask-host.ts";
import { type AnsweredPart, readPart, unsuitable } from "./file-version.ts";
import { findPlace, type Place, type RemotePolicy } from "./host-address.ts";

/** As long as a disk has to answer, redirects and all. */
const OPEN_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A file on another host, in the version that was there when it was opened. */
export class RemoteFile {
  readonly path: string;
  readonly fingerprint: string;
  readonly #place: Place;
  readonly #opened: AnsweredPart;

  constructor(path: string, fingerprint: string, place: Place, opened: AnsweredPart) {
    this.path = path;
    this.fingerprint = fingerprint;
    this.#place = place;
    this.#opened = opened;
  }

  get size(): number {
    return this.#opened.size;
  }

  /**
   * Bytes `first` to `last`, all of them and of the version that was opened.
   * @throws FaultError where the host doesn't hand them out, and the signal's reason.
   */
  async *read(first: number, last: number, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
    try {
      // A host may send less than it was asked for.
      for (let at = first; at <= last; ) {
        for await (const chunk of this.#readOnce(at, last, signal)) {
          at += chunk.length;
          yield chunk;
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      throw toFault(error, this.path);
    }
  }

  async *#readOnce(first: number, last: number, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
    const answer = await askHost(this.#place, first, last, signal);
    try {
      const part = readPart(answer, this.path);
      if (part.size !== this.size || part.version !== this.#opened.version) throw changed(this.path);
      if (part.first !== first || part.last < first || part.last > last) {
        throw unsuitable(this.path, "sends other parts than it is asked for");
      }
      let left = part.last - first + 1;
      for await (const chunk of readBody(answer)) {
        left -= chunk.length;
        if (left < 0) throw unsuitable(this.path, "sends more than it says");
        yield chunk;
      }
      if (left > 0) throw new Error(`the answer ended ${left} bytes early`);
    } finally {
      answer.destroy();
    }
  }

  async readStart(signal: AbortSignal): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.read(0, Math.min(START_BYTES, this.size) - 1, signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

/**
 * Finds the file at a remote path, by redirects too, as long as they stay with listed hosts.
 * @throws FaultError where it may not be fetched, or its host can't serve it.
 */
export async function openRemoteFile(
  path: string,
  policy: RemotePolicy,
  signal: AbortSignal,
): Promise<RemoteFile> {
  const url = remoteUrl(path, policy.hosts);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new HostSilentError("no file")), OPEN_TIMEOUT_MS);
  try {
    return await follow(path, url, policy, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw toFault(late.signal.reason ?? error, path);
  } finally {
    clearTimeout(timer);
  }
}

async function follow(
  path: string,
  start: URL,
  policy: RemotePolicy,
  signal: AbortSignal,
): Promise<RemoteFile> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const place = await untilAborted(findPlace(url, policy), signal);
    const answer = await askHost(place, 0, START_BYTES - 1, signal);
    answer.destroy();
    if (!REDIRECTS.has(answer.statusCode!)) {
      const part = readPart(answer, path);
      const fingerprint = await hashText(JSON.stringify([path, `${part.size}`, part.version]));
      return new RemoteFile(path, fingerprint, place, part);
    }
    url = redirectTarget(answer, url, path, policy.hosts);
  }
  throw unsuitable(path, `redirects more than ${MAX_REDIRECTS} times`);
}

function redirectTarget({ headers }: IncomingMessage, from: URL, path: string, hosts: SourceHosts): URL {
  const { location } = headers;
  if (!location || !URL.canParse(location, from.href)) throw unsuitable(path, "redirects to no address");
  const to = new URL(location, from);
  const isSafe = to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:");
  if (!isSafe || to.username || to.password) {
    throw notAllowed(`The host of “${path}” redirects to something that is not asked for films.`);
  }
  return requireListed(to, hosts);
}

function changed(path: string): FaultError {
  return new FaultError("source-changed", `“${path}” was replaced while it was read: load it anew.`);
}

function toFault(error: unknown, path: string): FaultError {
  if (error instanceof FaultError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof HostSilentError || error instanceof DiskTimeoutError) {
    const detail = `The host of “${path}” did not answer in time: see whether it is up.`;
    return new FaultError("source-timeout", detail, { cause: error });
  }
  const detail = `The host of “${path}” can't be read from (${code ?? message}): see whether it is up.`;
  return new FaultError("source-unreachable", detail, { cause: error });
}
