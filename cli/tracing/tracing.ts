import {
  type Context,
  type ContextManager,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { Step, TelemetryEvent } from "../../shared/telemetry.ts";
import { routeClass } from "../metrics/route-class.ts";
import { eventSpan } from "./event-spans.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>;

/** Follows work in spans of OpenTelemetry. Nothing of it is global: two servers of one process have one each. */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #contexts: ContextManager;

  /** @param contexts which knows at any place in the code which span it is reached from. */
  constructor(tracer: Tracer, contexts: ContextManager) {
    this.#tracer = tracer;
    this.#contexts = contexts;
  }

  follow<Result>(step: Step, work: () => Promise<Result>): Promise<Result> {
    const { name, attributes = {}, parent, sinceMs } = step;
    const startTime = sinceMs === undefined ? undefined : agoMs(sinceMs);
    const options = { attributes, ...(startTime !== undefined && { startTime }) };
    return this.#within(this.#tracer.startSpan(name, options, this.#parentOf(parent)), work);
  }

  report(event: TelemetryEvent): void {
    const active = this.#contexts.active();
    const found = trace.getSpan(active) && eventSpan(event);
    if (!found) return;
    const { name, ms, attributes = {}, failed = false } = found;
    const span = this.#tracer.startSpan(name, { attributes, startTime: agoMs(ms) }, active);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  traceparent(): string | undefined {
    const context = trace.getSpan(this.#contexts.active())?.spanContext();
    return context && isSpanContextValid(context) ? formatTraceparent(context) : undefined;
  }

  /** Each request as a trace of its own, or as a part of the one that its `traceparent` names. */
  before<Env>(fetch: Fetch<Env>): Fetch<Env> {
    return (request, env) => {
      const { method } = request;
      const { pathname } = new URL(request.url);
      const route = routeClass(pathname);
      // Those who look on would fill every trace store with themselves.
      if (route === "health" || route === "metrics") return fetch(request, env);
      const parent = this.#parentOf(request.headers.get("traceparent") ?? undefined);
      const attributes = { "http.request.method": method, "url.path": pathname };
      const span = this.#tracer.startSpan(
        `${method} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        parent,
      );
      return this.#within(span, async () => {
        const response = await fetch(request, env);
        span.setAttribute("http.response.status_code", response.status);
        if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        return response;
      });
    };
  }

  #parentOf(traceparent: string | undefined): Context {
    const context = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    return context ? trace.setSpanContext(ROOT_CONTEXT, context) : this.#contexts.active();
  }

  async #within<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#contexts.with(trace.setSpan(this.#contexts.active(), span), work);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  }
}

/** Milliseconds since 1970. */
function agoMs(ms: number): number {
  return performance.timeOrigin + performance.now() - ms;
}
