import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Handlers } from "./handlers.ts";
import { seconds } from "./seconds.ts";

/** A round trip in a data centre takes less than a millisecond, and `REDIS_TIMEOUT_MS` ends one. */
const CALL_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What is asked of the lease store, and what it answers. */
export function leaseSeries(registry: Registry): Handlers<"lease-call" | "claimed" | "lease-begun"> {
  const registers = [registry];
  const calls = new Histogram({
    name: "seamline_lease_call_seconds",
    help: "How long a call of the lease store took, by store (redis, or memory of this process), call and end (answered, away, failed)",
    labelNames: ["store", "call", "end"],
    buckets: CALL_BUCKETS,
    registers,
  });
  const outcomes = new Counter({
    name: "seamline_lease_outcomes_total",
    help: "What the lease store answered for each job: a commit that is stale, or a renewal that is lost, had been given to another worker",
    labelNames: ["store", "call", "outcome"],
    registers,
  });
  const redisUp = new Gauge({
    name: "seamline_redis_up",
    help: "1 where Redis answered the last call, 0 where it could not be reached",
    registers,
  });
  const claims = new Counter({
    name: "seamline_claims_total",
    help: "How often this worker asked for jobs: leased some, was beaten to those that had been announced, or found it empty when it looked by itself",
    labelNames: ["result"],
    registers,
  });
  const begun = new Counter({
    name: "seamline_leases_begun_total",
    help: "Leases that work began on, by attempt (first, or repeated after a failure or a lapsed lease) and whether somebody waited (awaited) or not (ahead)",
    labelNames: ["attempt", "need"],
    registers,
  });
  // No store but memory: there is no Redis that could be up.
  redisUp.remove();
  for (const result of ["leased", "beaten", "empty"]) claims.inc({ result }, 0);
  return {
    "lease-call"({ store, call, end, outcomes: answered, ms }) {
      calls.observe({ store, call, end }, seconds(ms));
      for (const outcome of answered) outcomes.inc({ store, call, outcome });
      if (store === "redis" && end !== "failed") redisUp.set(end === "answered" ? 1 : 0);
    },
    claimed({ leases, announced }) {
      claims.inc({ result: leases > 0 ? "leased" : announced ? "beaten" : "empty" });
    },
    "lease-begun"({ attempt, awaited }) {
      begun.inc({ attempt: attempt > 1 ? "repeated" : "first", need: awaited ? "awaited" : "ahead" });
    },
  };
}
