import { LRUCache } from "lru-cache";
import { hasBody } from "./doors/request-limits.ts";
import { matchesEtag } from "./object-response.ts";
import { PLAYLIST_TYPE, takesGzip } from "./playlist-response.ts";

/** Bytes of all that is kept: some two hundred playlists of two hours, and many more of them compressed. */
const MAX_BYTES = 10 * 2 ** 20;

interface KeptAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  /** Those of an answer without the bytes, to whoever has them. */
  readonly headersOnly: Readonly<Record<string, string>>;
  readonly etag: string;
}

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>;

/**
 * Media playlists, kept as a shared cache does (RFC 9111) in front of doors and routes: an answer that says of
 * itself that it is public and never changes is given to whoever asks for the same. One that a token was needed
 * for, or that depends on the page that asks, is not.
 */
export class KeptAnswers {
  readonly #kept = new LRUCache<string, KeptAnswer>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length + 1,
  });

  /** The same as `fetch` answers, from what is kept where that is so. */
  before<Env>(fetch: Fetch<Env>): Fetch<Env> {
    return (request, env) => {
      const key = keyOf(request);
      if (key === undefined) return fetch(request, env);
      const kept = this.#kept.get(key);
      return kept ? answer(request, kept) : this.#fetchAndKeep(key, request, () => fetch(request, env));
    };
  }

  async #fetchAndKeep(
    key: string,
    request: Request,
    fetch: () => Response | Promise<Response>,
  ): Promise<Response> {
    const response = await fetch();
    if (request.method !== "GET" || !isForEverybody(response)) return response;
    const kept = await readAnswer(response);
    this.#kept.set(key, kept);
    return answer(request, kept);
  }
}

/** What is asked for, and in which coding; undefined where it is no media playlist, or asked for oddly. */
function keyOf(request: Request): string | undefined {
  const { url, method } = request;
  if (!url.endsWith(".m3u8") || (method !== "GET" && method !== "HEAD")) return undefined;
  // Whatever host it is asked of.
  const path = url.slice(url.indexOf("/", url.indexOf("//") + 2));
  if (!path.startsWith("/hls/") || path.includes("?") || hasBody(request.headers)) return undefined;
  return takesGzip(request) ? `gzip ${path}` : path;
}

function isForEverybody({ status, headers }: Response): boolean {
  return (
    status === 200 &&
    headers.get("content-type") === PLAYLIST_TYPE &&
    /^public, .*\bimmutable$/.test(headers.get("cache-control") ?? "") &&
    /^(accept-encoding)?$/i.test(headers.get("vary") ?? "")
  );
}

async function readAnswer(response: Response): Promise<KeptAnswer> {
  const headers = Object.fromEntries(response.headers);
  const { "content-length": _, "content-encoding": __, ...common } = headers;
  const etag = headers.etag!.replace(/^W\//, "");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, headers, headersOnly: { ...common, etag }, etag };
}

function answer(request: Request, { bytes, headers, headersOnly, etag }: KeptAnswer): Response {
  if (matchesEtag(request, etag)) return new Response(null, { status: 304, headers: headersOnly });
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}
