import type { FleetView } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import { formatCount, formatSpan } from "./spans.ts";

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

/** A viewer who waits longer than that sees it, milliseconds. */
const LONG_WAIT_MS = 4000;

export function showFigures(view: FleetView, now: number): void {
  byId("figures", HTMLDListElement).replaceChildren(...figuresOf(view, now).map(renderFigure));
}

function figuresOf({ workers, queue, leases, totals, mode }: FleetView, now: number): readonly Figure[] {
  const count = (state: string) => workers.filter((worker) => worker.state === state).length;
  const waitMs = queue.oldestSince === null ? undefined : now - queue.oldestSince;
  const segments = workers.reduce(
    (sum, { segmentsPerSecond = 0, state }) => sum + (state === "silent" ? 0 : segmentsPerSecond),
    0,
  );
  return [
    {
      name: mode === "embedded" ? "Worker" : "Workers",
      value: formatCount(count("working") + count("idle")),
      note: count("silent") > 0 ? `${count("silent")} silent` : `${count("working")} working`,
      isBad: count("silent") > 0 || count("working") + count("idle") === 0,
    },
    {
      ...{ name: "Waiting", value: formatCount(queue.awaited) },
      note: waitMs === undefined ? "no viewer waits" : `oldest for ${formatSpan(waitMs)}`,
      isBad: waitMs !== undefined && waitMs > LONG_WAIT_MS,
    },
    {
      ...{ name: "Look-ahead", value: formatCount(queue.lookAhead) },
      note: queue.prepare > 0 ? `${formatCount(queue.prepare)} in advance` : "wanted soon",
    },
    { name: "In the making", value: formatCount(leases), note: `${segments.toFixed(1)} segments/s` },
    { name: "Jobs done", value: formatCount(totals.done), note: "since the store began" },
    {
      ...{ name: "Failed", value: formatCount(totals.failed + totals.lapsed) },
      note: `${formatCount(totals.lapsed)} lost, ${formatCount(totals.dead)} given up`,
    },
  ];
}

function renderFigure({ name, value, note, isBad = false }: Figure): HTMLElement {
  return element(
    "div",
    isBad ? "figure bad" : "figure",
    element("dt", "", name),
    element("dd", "value", value),
    element("dd", "note", note),
  );
}
