import parseRange from "range-parser";
import type { ByteRange, StoredObject } from "../shared/storage/segment-storage.ts";

/** An object never changes under its URL (RFC 8246). */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** Answers GET and HEAD for an immutable object: validators, one byte range, a streamed body. */
export async function objectResponse(
  request: Request,
  object: StoredObject,
  { contentType, etag }: { readonly contentType: string; readonly etag: string },
): Promise<Response> {
  const headers = immutableHeaders(contentType, etag);
  headers.set("accept-ranges", "bytes");
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers });
  const range = requestedRange(request, object.size, etag);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${object.size}`);
    return new Response(null, { status: 416, headers });
  }
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end - 1}/${object.size}`);
  headers.set("content-length", String(range ? range.end - range.start : object.size));
  const body = request.method === "HEAD" ? null : await object.body(range);
  return new Response(body, { status: range ? 206 : 200, headers });
}

export function immutableHeaders(contentType: string, etag: string): Headers {
  return new Headers({ "content-type": contentType, "cache-control": IMMUTABLE, etag });
}

/** RFC 9110 13.1.2. */
export function matchesEtag(request: Request, etag: string): boolean {
  const wanted = request.headers.get("if-none-match");
  return (
    wanted !== null &&
    (wanted.trim() === "*" || wanted.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag))
  );
}

/** RFC 9110 14.2: a range that can't be understood, or several, are answered with the whole. */
function requestedRange(
  request: Request,
  size: number,
  etag: string,
): ByteRange | "unsatisfiable" | undefined {
  const header = request.headers.get("range");
  const condition = request.headers.get("if-range");
  if (!header?.startsWith("bytes=") || request.method !== "GET" || (condition !== null && condition !== etag))
    return undefined;
  const ranges = parseRange(size, header);
  if (ranges === -1) return "unsatisfiable";
  if (ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) return undefined;
  return { start: ranges[0]!.start, end: ranges[0]!.end + 1 };
}
