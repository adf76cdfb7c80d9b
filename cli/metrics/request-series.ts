import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Handlers } from "./handlers.ts";
import { seconds } from "./seconds.ts";

/** From storage within milliseconds, from a worker within `SEGMENT_WAIT_MS`. */
const WAIT_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 21, 34];

type Kinds = "object-answered" | "looked-ahead" | "fleet-reachable" | "jobs-kept-here";

/** What becomes of viewers' requests. */
export function requestSeries(registry: Registry): Handlers<Kinds> {
  const registers = [registry];
  const waits = new Histogram({
    name: "seamline_object_wait_seconds",
    help: "From a request to the first byte of its object: found in storage, made by a worker, a problem instead, or the client left",
    labelNames: ["from"],
    buckets: WAIT_BUCKETS,
    registers,
  });
  const ahead = new Counter({
    name: "seamline_look_ahead_segments_total",
    help: "Segments that a viewer would want next: known to be in storage, stored as a look showed, or requested of workers",
    labelNames: ["state"],
    registers,
  });
  const fallback = new Gauge({
    name: "seamline_fallback_active",
    help: "1 while Redis is away and this process encodes for its viewers by itself",
    registers,
  });
  const kept = new Counter({
    name: "seamline_fallback_jobs_total",
    help: "Requests for jobs that were served by workers of this process since Redis was away",
    registers,
  });
  for (const from of ["storage", "worker", "problem", "left"]) waits.zero({ from });
  return {
    "object-answered": ({ from, ms }) => waits.observe({ from }, seconds(ms)),
    "looked-ahead"({ known, stored, requested }) {
      ahead.inc({ state: "known" }, known);
      ahead.inc({ state: "stored" }, stored);
      ahead.inc({ state: "requested" }, requested);
    },
    "fleet-reachable": ({ reachable }) => fallback.set(reachable ? 0 : 1),
    "jobs-kept-here": ({ jobs }) => kept.inc(jobs),
  };
}
