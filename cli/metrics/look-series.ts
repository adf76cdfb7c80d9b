import { Gauge, type Registry } from "prom-client";
import type { LeaseStats } from "../../shared/lease/lease-store.ts";
import { freeSpace } from "../../shared/node/free-space.ts";
import { RecentLook } from "./recent-look.ts";

/** What can be looked up when somebody scrapes, and costs nothing before that. */
export interface Looks {
  readonly storageDir?: string;
  readonly queue?: { stats(signal?: AbortSignal): Promise<LeaseStats> };
  /** How many requests wait for a worker. */
  readonly waiting?: () => number;
}

/** Gauges that are filled by a scrape. What can't be seen in time is left out of it. */
export function lookSeries(registry: Registry, looks: Looks): void {
  const { storageDir, queue, waiting } = looks;
  if (queue) queueSeries(registry, queue);
  if (storageDir !== undefined) spaceSeries(registry, storageDir);
  if (!waiting) return;
  new Gauge({
    name: "seamline_waiting_requests",
    help: "Requests that wait for a worker in this process",
    registers: [registry],
    collect() {
      this.set(waiting());
    },
  });
}

function queueSeries(registry: Registry, queue: NonNullable<Looks["queue"]>): void {
  const look = new RecentLook((signal) => queue.stats(signal));
  new Gauge({
    name: "seamline_queue_jobs",
    help: "Jobs of the whole fleet, by state: awaited and ahead are queued, with or without somebody who waits; leased; dead",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      const stats = await look.value();
      this.reset();
      if (!stats) return;
      this.set({ state: "awaited" }, stats.awaited);
      this.set({ state: "ahead" }, stats.queued - stats.awaited);
      this.set({ state: "leased" }, stats.leased);
      this.set({ state: "dead" }, stats.dead);
    },
  });
}

function spaceSeries(registry: Registry, storageDir: string): void {
  const look = new RecentLook(() => freeSpace(storageDir));
  new Gauge({
    name: "seamline_storage_free_bytes",
    help: "What may still be written to the file system of storage",
    registers: [registry],
    async collect() {
      const space = await look.value();
      this.remove();
      if (space) this.set(space.freeBytes);
    },
  });
  new Gauge({
    name: "seamline_storage_size_bytes",
    help: "The size of the file system of storage",
    registers: [registry],
    async collect() {
      const space = await look.value();
      this.remove();
      if (space) this.set(space.totalBytes);
    },
  });
}
