import { createHash } from "node:crypto";
import { segmentUrls } from "../failover/viewer.ts";

/** What a crowd of viewers has seen. */
export class Tally {
  requests = 0;
  segments = 0;
  bytes = 0;
  /** Requests that viewers broke off. */
  aborted = 0;
  /** Told to come back later: a crowd on a small machine waits. */
  postponed = 0;
  readonly wrong: string[] = [];
  readonly #hashes = new Map<string, string>();

  /** A segment has the same bytes whenever it is asked for. */
  noteSegment(url: string, bytes: Uint8Array, length: string | null): void {
    this.segments += 1;
    this.bytes += bytes.length;
    const hash = createHash("sha256").update(bytes).digest("hex");
    const known = this.#hashes.get(url) ?? hash;
    this.#hashes.set(url, known);
    if (hash !== known) this.wrong.push(`${url}: other bytes than before`);
    if (bytes.length !== Number(length)) this.wrong.push(`${url}: ${bytes.length} bytes of ${length}`);
  }
}

export interface Crowd {
  readonly serverUrl: string;
  readonly films: readonly string[];
  readonly renditions: readonly string[];
  readonly random: () => number;
  readonly tally: Tally;
  /** Everybody goes home when it fires. */
  readonly signal: AbortSignal;
}

const MAX_PATIENCE_MS = 3000;

/** Watches as people do: some segments in a row, a seek, another quality, another film, and sudden ends. */
export async function watchAtRandom(crowd: Crowd): Promise<void> {
  const { films, renditions, random, serverUrl, signal } = crowd;
  const choose = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  while (!signal.aborted) {
    const film = choose(films);
    if (!(await isOpen(film, crowd))) continue;
    const urls = await segmentUrls(serverUrl, film, choose(renditions)).catch((error: unknown) => {
      crowd.tally.wrong.push(String(error));
      return [];
    });
    // Told already; a viewer who can't open a film does not go on trying.
    if (urls.length === 0) return;
    for (let seeks = 1 + Math.floor(random() * 3); seeks > 0; seeks--) {
      const first = Math.floor(random() * urls.length);
      const end = Math.min(urls.length, first + 1 + Math.floor(random() * 5));
      for (let index = first; index < end && !signal.aborted; index++) {
        if (!(await watchSegment(urls[index]!, crowd))) break;
      }
    }
  }
}

/** Asks for a film's playlist; where there are too many to be served, waits as long as it is told to. */
async function isOpen(film: string, { serverUrl, tally, signal }: Crowd): Promise<boolean> {
  const response = await fetch(`${serverUrl}hls/${film}/master.m3u8`, { signal }).catch(() => undefined);
  await response?.body?.cancel();
  if (!response || !isPostponed(response)) return true;
  tally.postponed += 1;
  await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get("retry-after")) * 1000));
  return false;
}

function isPostponed({ status, headers }: Response): boolean {
  return [429, 503].includes(status) && headers.has("retry-after");
}

/** @returns false where the viewer left before its end, or was sent away. */
async function watchSegment(url: string, { random, tally, signal }: Crowd): Promise<boolean> {
  const isImpatient = random() < 0.15;
  const leaving = AbortSignal.any([
    signal,
    AbortSignal.timeout(isImpatient ? Math.floor(random() * MAX_PATIENCE_MS) : 60_000),
  ]);
  tally.requests += 1;
  try {
    const response = await fetch(url, { signal: leaving });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status === 200) {
      tally.noteSegment(url, bytes, response.headers.get("content-length"));
      return true;
    }
    if (isPostponed(response)) tally.postponed += 1;
    else tally.wrong.push(`${url}: ${response.status} ${new TextDecoder().decode(bytes)}`);
  } catch (error) {
    if (!leaving.aborted) tally.wrong.push(`${url}: ${String(error)}`);
    else if (!isImpatient && !signal.aborted) tally.wrong.push(`${url}: no answer within a minute`);
    else tally.aborted += 1;
  }
  return false;
}
