import { collectDefaultMetrics, Registry } from "prom-client";

/** Gauges that Prometheus would take for counters, and only sum up others. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];
/** Looking at the event loop every 10 ms, as is usual, would keep an idle process awake. */
const EVENT_LOOP_MS = 100;

let series: Registry | undefined;

/** Memory, processor, event loop: of the process, whatever runs in it, and not before somebody asks for it. */
export function processSeries(): Registry {
  if (series) return series;
  series = new Registry();
  collectDefaultMetrics({ register: series, eventLoopMonitoringPrecision: EVENT_LOOP_MS });
  for (const name of MISNAMED) series.removeSingleMetric(name);
  return series;
}
