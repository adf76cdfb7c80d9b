import { parseAccept } from "hono/utils/accept";
import { matchesEtag } from "./object-response.ts";

export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
/** Shorter than this it fits a packet or two as it is. */
const SHORTEST_TO_COMPRESS = 1024;

export interface PlaylistAnswer {
  /** A playlist's unless told. */
  readonly contentType?: string;
  readonly etag: string;
  readonly cacheControl: string;
  /** Whether it is compressed here, or whatever stands before the orchestrator does that. */
  readonly compress: boolean;
  /** Not called for whoever has it already. */
  readonly print: () => string;
}

/** Answers GET and HEAD for a playlist that its ETag names for ever. */
export async function playlistResponse(request: Request, answer: PlaylistAnswer): Promise<Response> {
  const { etag, cacheControl, compress, print, contentType = PLAYLIST_TYPE } = answer;
  const headers = new Headers({ "content-type": contentType, "cache-control": cacheControl, etag });
  if (compress) headers.set("vary", "Accept-Encoding");
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers });
  const plain = new TextEncoder().encode(print());
  const encoded = compress && plain.length >= SHORTEST_TO_COMPRESS && takesGzip(request);
  if (encoded) {
    headers.set("content-encoding", "gzip");
    // RFC 9110 8.8.3.3: the same playlist, but not the same bytes.
    headers.set("etag", `W/${etag}`);
  }
  const bytes = encoded ? await gzip(plain) : plain;
  headers.set("content-length", String(bytes.length));
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

/** RFC 9110 12.5.3: named, or meant by `*`, and not at a weight of nothing. */
export function takesGzip(request: Request): boolean {
  const header = request.headers.get("accept-encoding");
  if (header === null) return false;
  const codings = parseAccept(header);
  const weight = (name: string) => codings.find(({ type }) => type.toLowerCase() === name)?.q;
  return (weight("gzip") ?? weight("*") ?? 0) > 0;
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
