import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Handlers } from "./handlers.ts";
import { objectClass } from "./rendition-class.ts";
import { seconds } from "./seconds.ts";

const WRITE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

type Kinds =
  | "object-published"
  | "storage-failed"
  | "storage-faltered"
  | "object-damaged"
  | "titles-evicted"
  | "storage-measured";

/** What is put into storage, what goes, and what storage refuses. */
export function storageSeries(registry: Registry): Handlers<Kinds> {
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const segments = counter(
    "seamline_segments_total",
    "Media segments put into storage, by media, rung and outcome: published, or exists where another worker was first",
    ["media", "rung", "outcome"],
  );
  const bytes = counter("seamline_published_bytes_total", "Bytes that were added to storage, by media", [
    "media",
  ]);
  const stages = new Histogram({
    name: "seamline_storage_publish_seconds",
    help: "How long a publication took, by stage: write, fsync, and link with the folder's fsync",
    labelNames: ["stage"],
    buckets: WRITE_BUCKETS,
    registers: [registry],
  });
  const faults = counter("seamline_storage_faults_total", "Calls of storage that failed for good, by code", [
    "code",
  ]);
  const retries = counter(
    "seamline_storage_retries_total",
    "Calls of storage that faltered and were repeated",
  );
  const damaged = counter("seamline_damaged_objects_total", "Damaged objects that were removed from storage");
  const titles = counter("seamline_evicted_titles_total", "Titles evicted from storage by this process");
  const evicted = counter("seamline_evicted_bytes_total", "Bytes of the titles that this process evicted");
  const beyond = new Gauge({
    name: "seamline_storage_beyond_limits_bytes",
    help: "What ought to leave storage to keep to its limits but is being watched, as this process last saw it",
    registers: [registry],
  });
  const titleBytes = new Gauge({
    name: "seamline_storage_title_bytes",
    help: "What all titles take up; only where STORAGE_MAX_BYTES has it measured, from whichever process did so last",
    registers: [registry],
  });
  titleBytes.remove();
  for (const code of ["storage-full", "storage-failed", "storage-timeout"]) faults.inc({ code }, 0);
  return {
    "object-published"(event) {
      const { media, rung, isMediaSegment } = objectClass(event.name);
      if (isMediaSegment) segments.inc({ media, rung, outcome: event.outcome });
      if (event.outcome === "published") bytes.inc({ media }, event.bytes);
      for (const stage of ["write", "fsync", "link"] as const)
        stages.observe({ stage }, seconds(event.stages[stage]));
    },
    "storage-failed": ({ code }) => faults.inc({ code }),
    "storage-faltered": () => retries.inc(),
    "object-damaged": () => damaged.inc(),
    "titles-evicted"(event) {
      titles.inc(event.titles);
      evicted.inc(event.bytes);
    },
    "storage-measured"(event) {
      beyond.set(event.beyondBytes);
      if (event.titleBytes === undefined) titleBytes.remove();
      else titleBytes.set(event.titleBytes);
    },
  };
}
