import { createHash } from "node:crypto";
import { expect } from "vitest";

/** What the viewers of these tests watch, unless they say otherwise. */
export const FILM = "film.mp4";
export const RUNG = "v480";

/** Longer than a server keeps anybody waiting: a request that hangs fails its test. */
const REQUEST_TIMEOUT_MS = 115_000;

/**
 * URLs of a rendition's media segments, in their order, as a player finds them.
 * @param serverUrl ends in `/`.
 */
export async function segmentUrls(serverUrl: string, film = FILM, rendition = RUNG): Promise<string[]> {
  const master = `${serverUrl}hls/${film}/master.m3u8`;
  const playlist = await (await fetchOk(master)).text();
  const uri = new RegExp(`[0-9a-f]{32}/${rendition}/index\\.m3u8`).exec(playlist)?.[0];
  expect(uri, `${rendition} in ${playlist}`).toBeDefined();
  const mediaUrl = new URL(uri!, master).href;
  const media = await (await fetchOk(mediaUrl)).text();
  return media.split("\n").flatMap((line) => (line.endsWith(".m4s") ? [new URL(line, mediaUrl).href] : []));
}

/** SHA-256 of a segment. Anything but a whole 200 at the first try fails: this viewer takes no excuse. */
export async function fetchSegment(url: string): Promise<string> {
  const response = await fetchOk(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.length, url).toBe(Number(response.headers.get("content-length")));
  return createHash("sha256").update(bytes).digest("hex");
}

/** As a player that heeds Retry-After: whatever else is wrong still fails. */
export async function fetchSegmentPatiently(url: string, patienceMs = 60_000): Promise<string> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const retryAfter = response.headers.get("retry-after");
    if (response.status !== 503 || retryAfter === null || performance.now() > until) return fetchSegment(url);
    await new Promise((resolve) => setTimeout(resolve, Number(retryAfter) * 1000));
  }
}

/**
 * Plays a rendition through, as a player does: playlists, then each segment once the one before is there.
 * @param onSegment called before each segment is asked for.
 * @returns each segment's SHA-256.
 */
export async function playThrough(
  serverUrl: string,
  film = FILM,
  rendition = RUNG,
  onSegment: (index: number) => Promise<void> = async () => {},
): Promise<string[]> {
  const hashes: string[] = [];
  for (const [index, url] of (await segmentUrls(serverUrl, film, rendition)).entries()) {
    await onSegment(index);
    hashes.push(await fetchSegment(url));
  }
  return hashes;
}

async function fetchOk(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  expect(response.status, `${url}: ${response.ok ? "" : await response.clone().text()}`).toBe(200);
  return response;
}
