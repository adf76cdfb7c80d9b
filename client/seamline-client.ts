import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Preparation, PreparationRequest } from "../shared/api/preparation.ts";
import type { ListedTitle, TitleDescription } from "../shared/api/title.ts";
import type { FleetView, SegmentMap } from "../shared/fleet/fleet-view.ts";
import { ProblemError, readProblem } from "./problem-error.ts";
import { encodePath, type TitleUrls, titleUrls } from "./title-urls.ts";

export type { Preparation, PreparationRequest, PreparationState } from "../shared/api/preparation.ts";
export type { ProblemCode } from "../shared/api/problem-codes.ts";
export type { ListedTitle, TitleDescription } from "../shared/api/title.ts";
export type { WebhookEvent } from "../shared/api/webhook-event.ts";
export type { FleetView, SegmentMap } from "../shared/fleet/fleet-view.ts";
export { type AnyProblemCode, ProblemError } from "./problem-error.ts";
export type { ScreenshotOptions, TitleUrls } from "./title-urls.ts";

export interface SeamlineClientOptions {
  /** Where the server is, such as `https://films.example/`. */
  readonly baseUrl: string | URL;
  /** A viewer's, for a server with AUTH_SECRET. */
  readonly token?: string;
  /** ADMIN_TOKEN, for preparing, evicting and looking at the fleet. Not for pages that others see. */
  readonly adminToken?: string;
  /** In place of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

interface Call {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Streams that told nothing, one after the other, before it is given up to follow a preparation. */
const MOST_BREAKS = 6;
/** Before a stream is opened anew: so long, and longer each time. */
const BREAK_MS = 1000;

/** A Seamline server's API. Every method throws a `ProblemError` where the server says why it can't. */
export class SeamlineClient {
  readonly #base: URL;
  readonly #options: SeamlineClientOptions;

  constructor(options: SeamlineClientOptions) {
    const base = new URL(options.baseUrl);
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    this.#base = base;
    this.#options = options;
  }

  /** What can be watched; with a token, what it opens. */
  async titles(signal?: AbortSignal): Promise<readonly ListedTitle[]> {
    const { titles } = await this.#json<{ titles: readonly ListedTitle[] }>(this.#viewers("api/titles"), {
      signal,
    });
    return titles;
  }

  /** What a title consists of. @param path as `titles` lists it. */
  async title(path: string, signal?: AbortSignal): Promise<TitleDescription> {
    return this.#json(new URL(this.urls(path).description), { signal });
  }

  /** Addresses for players and pages. */
  urls(path: string): TitleUrls {
    return titleUrls(this.#base, path, this.#options.token);
  }

  /** Has a title, or a range of it, made before anybody watches it. */
  async prepare(request: PreparationRequest, signal?: AbortSignal): Promise<Preparation> {
    return this.#json(new URL("api/prepare", this.#base), { method: "POST", body: request, signal });
  }

  /** What is being prepared, and what became of it in the last week; the latest first. */
  async preparations(signal?: AbortSignal): Promise<readonly Preparation[]> {
    const url = new URL("api/prepare", this.#base);
    return (await this.#json<{ preparations: readonly Preparation[] }>(url, { signal })).preparations;
  }

  async preparation(id: string, signal?: AbortSignal): Promise<Preparation> {
    return this.#json(this.#preparationUrl(id), { signal });
  }

  /** How far a preparation is, now and whenever that changes, up to its last state. Outlives lost connections and restarts. */
  async *follow(id: string, signal?: AbortSignal): AsyncGenerator<Preparation, void, undefined> {
    for (let breaks = 1; ; breaks++) {
      let failure: unknown;
      try {
        for await (const preparation of this.#eventsOf(id, signal)) {
          breaks = 1;
          yield preparation;
          if (preparation.endedAt !== undefined) return;
        }
      } catch (error) {
        // What is wrong with the question stays wrong.
        if (signal?.aborted || (error instanceof ProblemError && error.status < 500)) throw error;
        failure = error;
      }
      if (breaks === MOST_BREAKS) throw failure ?? new Error(`The events of preparation ${id} break off.`);
      await new Promise((resolve) => setTimeout(resolve, breaks * BREAK_MS));
      signal?.throwIfAborted();
    }
  }

  /** Ends a preparation; what was made stays. */
  async cancel(id: string, signal?: AbortSignal): Promise<Preparation> {
    return this.#json(this.#preparationUrl(id), { method: "DELETE", signal });
  }

  /** Removes what is stored of a title. Refused (`title-in-use`) where somebody may be watching it. */
  async evict(path: string, signal?: AbortSignal): Promise<void> {
    const url = new URL(`api/titles/${encodePath(path)}`, this.#base);
    await this.#call(url, { method: "DELETE", signal });
  }

  /** Workers, the queue and what went wrong of late, as it is now. */
  async fleet(signal?: AbortSignal): Promise<FleetView> {
    return this.#json(new URL("api/fleet", this.#base), { signal });
  }

  /** The state of every segment of every rendition of a title, as it is now. */
  async segments(path: string, signal?: AbortSignal): Promise<SegmentMap> {
    const url = new URL("api/fleet/segments", this.#base);
    url.searchParams.set("path", path);
    return this.#json(url, { signal });
  }

  /** Events up to where the stream ends or breaks. */
  async *#eventsOf(id: string, signal: AbortSignal | undefined): AsyncGenerator<Preparation> {
    const response = await this.#call(new URL(`${this.#preparationUrl(id).href}/events`), { signal });
    const reader = response
      .body!.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    try {
      for (;;) {
        const { value: event, done } = await reader.read();
        if (done) return;
        yield JSON.parse(event.data) as Preparation;
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  #preparationUrl(id: string): URL {
    return new URL(`api/prepare/${encodeURIComponent(id)}`, this.#base);
  }

  #viewers(path: string): URL {
    const url = new URL(path, this.#base);
    if (this.#options.token !== undefined) url.searchParams.set("token", this.#options.token);
    return url;
  }

  async #json<T>(url: URL, call: Call): Promise<T> {
    return (await (await this.#call(url, call)).json()) as T;
  }

  /** @throws ProblemError */
  async #call(url: URL, { method = "GET", body, signal }: Call): Promise<Response> {
    const { adminToken, fetch = globalThis.fetch } = this.#options;
    const response = await fetch(url, {
      method,
      headers: {
        ...(adminToken !== undefined && { authorization: `Bearer ${adminToken}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (!response.ok) throw await readProblem(response);
    return response;
  }
}
