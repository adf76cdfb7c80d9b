import { type Problem, parseProblem } from "../problem.ts";
import { adminHeaders } from "./admin-token.ts";
import { eventParser, type ServerEvent } from "./parse-events.ts";

const RETRY_MS = { first: 500, most: 5000 };
/** The server says at least every 15 s that it is there, milliseconds. */
const SILENCE_MS = 40_000;

export interface LiveListener {
  onOpen(): void;
  onEvent(event: ServerEvent): void;
  /** The connection broke off; it is tried again. */
  onLost(): void;
  /** The server refuses, and will do so until somebody does something about it. */
  onRefused(problem: Problem): void;
}

/** Listens to the fleet's events, again and again, until the signal fires. @param path of the title that is shown. */
export async function listenLive(
  path: string | undefined,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<void> {
  const query = path === undefined ? "" : `?${new URLSearchParams({ path })}`;
  for (let failures = 0; !signal.aborted; failures += 1) {
    const refused = await listenOnce(
      `/api/events${query}`,
      {
        ...listener,
        onOpen: () => {
          failures = 0;
          listener.onOpen();
        },
      },
      signal,
    ).catch(() => undefined);
    if (signal.aborted) return;
    if (refused) return listener.onRefused(refused);
    listener.onLost();
    await pause(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures), signal);
  }
}

/** @returns why nothing more will come, if that is so. */
async function listenOnce(
  url: string,
  listener: LiveListener,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const silence = new AbortController();
  let timer = 0;
  const hear = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    hear();
    const headers = { ...adminHeaders(), accept: "text/event-stream" };
    const response = await fetch(url, {
      ...{ headers, cache: "no-store" },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 401 || response.status === 403)
      return parseProblem(response.status, await response.text());
    if (!response.ok || !response.body) return undefined;
    listener.onOpen();
    const parse = eventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      hear();
      for (const event of parse(part.value)) listener.onEvent(event);
    }
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
