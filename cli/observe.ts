import type { Log } from "../shared/log.ts";
import type { Telemetry } from "../shared/telemetry.ts";
import { Metrics, type Role } from "./metrics/metrics.ts";
import type { OpenTracing } from "./tracing/open-tracing.ts";
import { wantsTraces } from "./tracing/wants-traces.ts";

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>;

/** What looks on while a program works. */
export interface Observed {
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  /** The same as `fetch` answers, each request followed where traces are wanted. */
  traced<Env>(fetch: Fetch<Env>): Fetch<Env>;
  close(): Promise<void>;
}

/** Counts what happens in a program, and follows it where the environment says where traces go. */
export async function observe(role: Role, log: Log, environment = process.env): Promise<Observed> {
  const metrics = new Metrics(role);
  const open = wantsTraces(environment) ? await loadTracing(role, environment, log) : undefined;
  return {
    metrics,
    telemetry: tellBoth(metrics, open),
    traced: (fetch) => open?.tracing.before(fetch) ?? fetch,
    close: async () => open?.close(),
  };
}

async function loadTracing(role: Role, environment: NodeJS.ProcessEnv, log: Log): Promise<OpenTracing> {
  const { openTracing } = await import("./tracing/open-tracing.ts");
  return openTracing(role, environment, log);
}

function tellBoth(metrics: Metrics, open: OpenTracing | undefined): Telemetry {
  if (!open) {
    return {
      report: (event) => metrics.report(event),
      follow: (_, work) => work(),
      traceparent: () => undefined,
    };
  }
  const { tracing } = open;
  return {
    report(event) {
      metrics.report(event);
      tracing.report(event);
    },
    follow: (step, work) => tracing.follow(step, work),
    traceparent: () => tracing.traceparent(),
  };
}
