import type { ByteRange, StoredObject } from "../shared/storage/segment-storage.ts";

/** An object never changes under its URL (RFC 8246). */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** Answers GET and HEAD for an immutable object: validators, one byte range, a streamed body. */
export async function objectResponse(
  request: Request,
  object: StoredObject,
  { contentType, etag }: { readonly contentType: string; readonly etag: string },
): Promise<Response> {
  const headers = new Headers({
    "content-type": contentType,
    "cache-control": IMMUTABLE,
    etag,
    "accept-ranges": "bytes",
  });
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
  const condition = request.headers.get("if-range");
  if (request.method !== "GET" || (condition !== null && condition !== etag)) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(request.headers.get("range")?.trim() ?? "");
  const [first, last] = [match?.[1], match?.[2]];
  if (!match || (first === "" && last === "")) return undefined;
  // 14.1.2: without a first position, so many bytes from the end.
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  return start < size && start < end ? { start, end } : "unsatisfiable";
}
