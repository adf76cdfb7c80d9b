import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ByteSpan } from "../../check/playlist/media-playlist.ts";
import type { CheckPorts, Fetched } from "../../check/ports.ts";

/** One request, its body included. */
const TIMEOUT_MS = 60_000;
/** Of one resource, which is kept in memory. */
const MAX_BYTES = 128 * 2 ** 20;
/** A server that is not ready says when to come back; so often that is done. */
const ATTEMPTS = 8;
const MOST_PATIENCE_MS = 15_000;

/**
 * Fetches resources over HTTP(S), or from files where the check began with one: no playlist on a host names files of
 * this machine.
 */
export function createFetch(root: string): CheckPorts["fetch"] {
  const mayReadFiles = root.startsWith("file:");
  return async (url, range, signal) => {
    if (/^https?:/.test(url)) return fetchPatiently(url, range, signal);
    if (mayReadFiles && url.startsWith("file:")) return readResource(url, range);
    return { kind: "failed", reason: `${new URL(url).protocol} is not fetched` };
  };
}

async function fetchPatiently(
  url: string,
  range: ByteSpan | undefined,
  signal: AbortSignal,
): Promise<Fetched> {
  for (let attempt = 1; ; attempt++) {
    const { fetched, retryMs } = await fetchOnce(url, range, signal);
    if (retryMs === undefined || attempt === ATTEMPTS) return fetched;
    await sleep(Math.min(retryMs, MOST_PATIENCE_MS), undefined, { signal });
  }
}

async function fetchOnce(url: string, range: ByteSpan | undefined, signal: AbortSignal) {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const headers = range ? { range: `bytes=${range.start}-${range.end - 1}` } : {};
    const response = await fetch(url, { headers, signal: limited });
    if (!response.ok) {
      await response.body?.cancel();
      const kind =
        response.status === 404 || response.status === 410 || response.status === 416 ? "missing" : "failed";
      const retry =
        response.status === 503 ? Number(response.headers.get("retry-after") ?? Number.NaN) : Number.NaN;
      const fetched = { kind, reason: `${response.status} ${response.statusText}`.trim() } as const;
      return { fetched, retryMs: Number.isFinite(retry) ? retry * 1000 : undefined };
    }
    const all = await readBody(response);
    // A server may ignore Range and send all there is.
    const bytes = range && response.status !== 206 ? all.subarray(range.start, range.end) : all;
    const contentType = response.headers.get("content-type") ?? undefined;
    return {
      fetched: { kind: "fetched", bytes, url: response.url || url, contentType } as const,
      retryMs: undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    return { fetched: { kind: "failed", reason: reasonOf(error) } as const, retryMs: undefined };
  }
}

async function readBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES / 2 ** 20} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readResource(url: string, range: ByteSpan | undefined): Promise<Fetched> {
  try {
    const file = await open(fileURLToPath(url.replace(/[?#].*$/, "")), "r");
    try {
      const { size } = await file.stat();
      const start = Math.min(range?.start ?? 0, size);
      const length = Math.min(range?.end ?? size, size) - start;
      if (length > MAX_BYTES) return { kind: "failed", reason: `more than ${MAX_BYTES / 2 ** 20} MB` };
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
      return { kind: "fetched", bytes: buffer.subarray(0, bytesRead), url, contentType: undefined };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? { kind: "missing", reason: "no such file" } : { kind: "failed", reason: code };
  }
}

/** `fetch` hides what went wrong behind “fetch failed”. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? message;
}
