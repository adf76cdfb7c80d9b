import { DiagLogLevel, diag } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "../../shared/log.ts";
import { programVersion } from "../program-version.ts";
import { Tracing } from "./tracing.ts";

export interface OpenTracing {
  readonly tracing: Tracing;
  /** Sends what is left, for a moment at most. */
  close(): Promise<void>;
}

const CLOSE_MS = 2000;
const SEND_EVERY_MS = 1000;

/**
 * Sends traces over OTLP/HTTP to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; headers, time-outs and attributes come
 * from the other variables of that family. This module is loaded where that is wanted, and by nobody else.
 */
export function openTracing(role: string, environment: NodeJS.ProcessEnv, log: Log): OpenTracing {
  // The exporter says through it what it can't send.
  const tell = (message: string) => log.warn({ error: message }, "traces not sent");
  const quiet = () => {};
  diag.setLogger(
    { error: tell, warn: tell, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const named = resourceFromAttributes({ "service.name": `seamline-${role}` });
  const detectors = [envDetector, serviceInstanceIdDetector];
  const exporter = new OTLPTraceExporter();
  const provider = new TracerProvider({
    resource: named.merge(detectResources({ detectors })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledRatio(environment)) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS })],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  const tracer = provider.getTracer("seamline", programVersion());
  return { tracing: new Tracing(tracer, contexts), close: () => closeInTime(provider, log) };
}

/** Which part of the traces that begin here is kept: all, or what `OTEL_TRACES_SAMPLER_ARG` says. */
function sampledRatio({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio }: NodeJS.ProcessEnv) {
  if (/always_off$/.test(sampler ?? "")) return 0;
  const given = Number.parseFloat(ratio ?? "");
  return /traceidratio$/.test(sampler ?? "") && given >= 0 && given <= 1 ? given : 1;
}

async function closeInTime(provider: TracerProvider, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  try {
    await Promise.race([provider.shutdown(), late]);
  } catch (error) {
    log.warn({ error: String(error) }, "traces not sent");
  } finally {
    clearTimeout(timer);
  }
}
