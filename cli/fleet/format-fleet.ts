import { formatColumns } from "../output/columns.ts";
import type { Style } from "../output/style.ts";
import { count, formatClock } from "../output/words.ts";
import type { FleetSnapshot } from "./fleet-snapshot.ts";

const FAULTS = 3;
type Worker = FleetSnapshot["workers"][number];

/** A snapshot as a table for people. */
export function formatFleet({ now, mode, workers, queue, faults }: FleetSnapshot, style: Style): string {
  const age = (since: number) => formatClock(Math.max(0, Math.round((now - since) / 1000)));
  const oldest = queue.oldestSince === null ? "" : `, the oldest for ${age(queue.oldestSince)}`;
  const waiting = `${queue.awaited} waited for${oldest}, ${queue.lookAhead} look-ahead, ${queue.prepare} in advance`;
  const head = ["worker", "state", "since", "× real time", "segments/s", "done", "failed", "at work on"];
  const rows = workers.map((worker) => [
    ...[
      worker.name,
      worker.state,
      age(worker.since),
      decimal(worker.speed),
      decimal(worker.segmentsPerSecond),
    ],
    ...[whole(worker.done), whole(worker.failed), worker.jobs.map(describeJob).join(", ")],
  ]);
  return [
    `${style("bold", count(workers.length, "worker"))} (${mode}); queue: ${waiting}, ${queue.backingOff} backing off`,
    "",
    ...(rows.length > 0 ? [formatColumns([head, ...rows])] : []),
    ...faults
      .slice(0, FAULTS)
      .map(({ at, worker, text }) => style("red", `${age(at)} ago, ${worker}: ${text}`)),
    "",
  ].join("\n");
}

function describeJob({ kind, path, rendition, first }: Worker["jobs"][number]): string {
  return [path ?? kind, rendition, first].filter((part) => part !== undefined).join(" ");
}

function decimal(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(1);
}

function whole(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
