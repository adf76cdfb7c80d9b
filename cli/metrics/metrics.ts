import type { Server } from "node:http";
import { Gauge, Registry } from "prom-client";
import { RECIPE_VERSION } from "../../shared/media/title.ts";
import type { TelemetryEvent } from "../../shared/telemetry.ts";
import { programVersion } from "../program-version.ts";
import type { Handlers } from "./handlers.ts";
import { httpSeries } from "./http-series.ts";
import { jobSeries } from "./job-series.ts";
import { leaseSeries } from "./lease-series.ts";
import { type Looks, lookSeries } from "./look-series.ts";
import { processSeries } from "./process-series.ts";
import { requestSeries } from "./request-series.ts";
import { commandClass, routeClass } from "./route-class.ts";
import { storageSeries } from "./storage-series.ts";

export type Role = "orchestrator" | "worker" | "gateway";

/** What happens in one orchestrator, worker or gateway, as series for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #handlers: Handlers;
  /** Counts the requests of a server from now on. */
  readonly countRequests: (server: Server) => void;

  constructor(role: Role) {
    // Series that can't move here are kept where nobody sees them.
    const unseen = new Registry();
    const ofFilms = role === "gateway" ? unseen : this.#registry;
    this.countRequests = httpSeries(this.#registry, role === "gateway" ? commandClass : routeClass);
    this.#handlers = {
      ...requestSeries(role === "orchestrator" ? this.#registry : unseen),
      ...leaseSeries(ofFilms),
      ...jobSeries(ofFilms),
      ...storageSeries(ofFilms),
    };
    this.#inform("seamline_build_info", "What runs here, as labels", {
      version: programVersion(),
      recipe: RECIPE_VERSION,
    });
  }

  report(event: TelemetryEvent): void {
    const handle = this.#handlers[event.kind] as (event: TelemetryEvent) => void;
    handle(event);
  }

  /** Adds what is looked up with each scrape. */
  look(looks: Looks): void {
    lookSeries(this.#registry, looks);
  }

  /** @param slots how many jobs the worker in this process does at a time. */
  describeWorker(worker: string, slots: number): void {
    this.#inform("seamline_worker_info", "The worker in this process, as labels", { worker });
    new Gauge({
      name: "seamline_worker_slots",
      help: "Jobs or runs that the worker in this process does at a time",
      registers: [this.#registry],
    }).set(slots);
  }

  /** In Prometheus' text format. */
  async print(): Promise<string> {
    const parts = await Promise.all([this.#registry.metrics(), processSeries().metrics()]);
    return parts
      .map((part) => part.trimEnd())
      .join("\n\n")
      .concat("\n");
  }

  #inform(name: string, help: string, labels: Readonly<Record<string, string | number>>): void {
    new Gauge({ name, help, labelNames: Object.keys(labels), registers: [this.#registry] }).set(labels, 1);
  }
}
