import { FaultError } from "../fault.ts";
import type { Log } from "../log.ts";
import { type ByteRange, ObjectGoneError, type SegmentReader, type StoredObject } from "./segment-storage.ts";

export interface HttpOriginOptions {
  /** Where the storage folder is served, such as `https://segments.example/seamline`; it may have a query. */
  readonly url: string;
  /** Sent as a bearer token, where the origin asks for one. */
  readonly token?: string | undefined;
  /** How long the origin may take to begin an answer, milliseconds. */
  readonly timeoutMs?: number;
  readonly log: Log;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** Slower than sound alone plays: no player could follow, so a body this slow has stalled. */
const SLOWEST_BYTES_PER_MS = 12;

/** The reader's side of storage, from any web server over the storage folder or from an object store. */
export class HttpOrigin implements SegmentReader {
  readonly #base: URL;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;
  readonly #log: Log;

  constructor({ url, token, timeoutMs = DEFAULT_TIMEOUT_MS, log }: HttpOriginOptions) {
    this.#base = new URL(url);
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  async find(name: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
    // An object comes into being behind a 404, which a cache on the way might remember.
    const response = await this.#ask(name, { method: "HEAD", cache: "no-store" }, 0, signal);
    await response.body?.cancel();
    if (isMissing(response)) return undefined;
    const size = response.headers.get("content-length");
    if (response.status !== 200) throw this.#fault(name, `answered ${response.status} to HEAD`);
    if (size === null || !/^\d+$/.test(size)) throw this.#fault(name, "does not say how long it is");
    return { size: Number(size), body: (range) => this.#read(name, Number(size), range) };
  }

  async #read(name: string, size: number, range?: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const length = range ? range.end - range.start : size;
    const headers = range && { range: `bytes=${range.start}-${range.end - 1}` };
    const response = await this.#ask(name, { method: "GET", ...(headers && { headers }) }, length);
    const given = response.headers.get("content-length");
    const expected = range ? 206 : 200;
    if (response.status === expected && (given === null || Number(given) === length)) {
      return response.body ?? new Blob([]).stream();
    }
    await response.body?.cancel();
    if (isMissing(response)) throw new ObjectGoneError(`${name} is gone from the storage origin`);
    if (response.status !== expected) {
      throw this.#fault(name, `answered ${response.status} where ${expected} was due`);
    }
    throw this.#fault(name, `sent ${given} bytes where ${length} were due`);
  }

  /** @param bodyLength bytes that are read after the headers; they have their time too. */
  async #ask(
    name: string,
    init: RequestInit & { readonly headers?: Readonly<Record<string, string>> },
    bodyLength: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.#timeoutMs);
    const stall = AbortSignal.timeout(this.#timeoutMs + Math.ceil(bodyLength / SLOWEST_BYTES_PER_MS));
    try {
      return await fetch(this.#urlOf(name), {
        ...init,
        headers: { ...init.headers, ...this.#credentials(), "accept-encoding": "identity" },
        signal: AbortSignal.any([silence.signal, stall, ...(signal ? [signal] : [])]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (silence.signal.aborted)
        throw this.#fault(name, `gave no answer within ${this.#timeoutMs} ms`, error);
      throw this.#fault(name, "can't be reached", error);
    } finally {
      clearTimeout(timer);
    }
  }

  #urlOf(name: string): URL {
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/$/, "")}/${name}`;
    return url;
  }

  #credentials(): Readonly<Record<string, string>> {
    return this.#token ? { authorization: `Bearer ${this.#token}` } : {};
  }

  /** Viewers get to know what failed; where that is, is for the operator's log. */
  #fault(name: string, what: string, cause?: unknown): FaultError {
    const origin = this.#base.origin;
    this.#log.warn(
      { origin, object: name, error: what, ...(cause !== undefined && { cause: String(cause) }) },
      "storage origin failed",
    );
    return new FaultError("storage-failed", `The storage origin ${what}, asked for ${name}.`, { cause });
  }
}

function isMissing({ status }: Response): boolean {
  return status === 404 || status === 410;
}
