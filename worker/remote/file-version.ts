import type { IncomingMessage } from "node:http";
import { FaultError } from "../../shared/fault.ts";

/** What an answer says of a file: which bytes these are, and of which version of it. */
export interface AnsweredPart {
  readonly first: number;
  readonly last: number;
  /** Of the whole file. */
  readonly size: number;
  /** The entity tag, else the time of the last change, as the host writes it. */
  readonly version: string;
}

/**
 * Reads the head of an answer to a request for a part (RFC 9110 15.3.7).
 * @throws FaultError where it is anything else than a part of a file that tells its versions apart.
 */
export function readPart({ statusCode, headers }: IncomingMessage, path: string): AnsweredPart {
  const isEmpty = headers["content-range"] === "bytes */0" || headers["content-length"] === "0";
  if ((statusCode === 416 || statusCode === 200) && isEmpty) {
    throw new FaultError("source-empty", `“${path}” is empty (0 bytes).`);
  }
  if (statusCode !== 206) throw refusal(statusCode!, path);
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers["content-range"] ?? "");
  if (!range) throw unsuitable(path, "does not say which part of how long a file it sends");
  if ((headers["content-encoding"] ?? "identity") !== "identity") throw unsuitable(path, "compresses it");
  // Not by If-Range: its answer would be the whole of a file that has changed, and need not name the version.
  const version = headers.etag ?? headers["last-modified"];
  if (!version) throw unsuitable(path, "sends neither ETag nor Last-Modified, so a change would not show");
  const [first, last, size] = range.slice(1).map(Number) as [number, number, number];
  return { first, last, size, version };
}

function refusal(status: number, path: string): FaultError {
  if (status === 200) return unsuitable(path, "sends the whole of it when asked for a part");
  if (status === 404 || status === 410) {
    return new FaultError("source-not-found", `The host of “${path}” says that there is no such file.`);
  }
  if (status === 401 || status === 403) {
    return new FaultError("source-unreadable", `The host of “${path}” does not let it be read (${status}).`);
  }
  return new FaultError("source-unreachable", `The host of “${path}” answers with ${status}: ask it why.`);
}

export function unsuitable(path: string, why: string): FaultError {
  return new FaultError("host-unsuitable", `“${path}” can't be played from its host, which ${why}.`);
}
