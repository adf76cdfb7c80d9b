import type { Attributes } from "@opentelemetry/api";
import type { TelemetryEvent } from "../../shared/telemetry.ts";

/** A part of a trace that is over by the time anybody hears of it. */
export interface EventSpan {
  readonly name: string;
  readonly ms: number;
  readonly attributes?: Attributes;
  readonly failed?: boolean;
}

/** What an event is in the trace of the work that it happened in; undefined for those that take no time there. */
export function eventSpan(event: TelemetryEvent): EventSpan | undefined {
  switch (event.kind) {
    case "lease-begun":
      return { name: "claim", ms: event.ms };
    case "lease-call": {
      const attributes = { "seamline.store": event.store, "seamline.outcomes": [...event.outcomes] };
      const name = event.call === "request" ? "request job" : event.call;
      return { name, ms: event.ms, attributes, failed: event.end !== "answered" };
    }
    case "program-ended":
      return {
        name: event.program,
        ms: event.ms,
        attributes: { "seamline.end": event.end },
        failed: event.end !== "exited",
      };
    case "fragment-checked":
      return { name: "check", ms: event.ms, failed: !event.asPlanned };
    case "object-published":
      return {
        name: "store",
        ms: event.ms,
        attributes: {
          "seamline.object": event.name,
          "seamline.bytes": event.bytes,
          "seamline.outcome": event.outcome,
        },
      };
    default:
      return undefined;
  }
}
