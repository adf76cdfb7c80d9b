import type { FleetView, WorkerView } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import { formatCount, formatSpan } from "./spans.ts";
import type { WorkerMarks } from "./worker-marks.ts";

type WorkerJob = WorkerView["jobs"][number];

/** Jobs of one worker that are listed one by one. */
const MOST_LINES = 4;

const STATES: Readonly<Record<WorkerView["state"], string>> = {
  working: "working",
  idle: "idle",
  silent: "silent",
  gone: "stopped",
};

export function showWorkers(view: FleetView, marks: WorkerMarks, now: number): void {
  const cards = view.workers.map((worker) => renderWorker(worker, marks, now));
  const nobody = element("li", "empty", "No worker has been heard of in the last ten minutes.");
  byId("workers", HTMLUListElement).replaceChildren(...(cards.length > 0 ? cards : [nobody]));
}

function renderWorker(worker: WorkerView, marks: WorkerMarks, now: number): HTMLElement {
  const { letter, colour } = marks.of(worker.id);
  const badge = element("span", `badge worker-${colour}`, worker.state === "silent" ? "×" : letter);
  badge.ariaHidden = "true";
  const state = element("span", "state", `${STATES[worker.state]} for ${formatSpan(now - worker.since)}`);
  const card = element(
    "li",
    "worker",
    element("div", "worker-top", badge, element("h3", "", worker.name), state),
    ...renderJobs(worker, now),
    element("p", "facts", factsOf(worker, now).join(" · ")),
  );
  card.dataset.state = worker.state;
  card.dataset.worker = worker.name;
  return card;
}

function renderJobs({ state, jobs }: WorkerView, now: number): HTMLElement[] {
  if (state === "silent" && jobs.length === 0)
    return [element("p", "doing", "Not heard of any more: what it had was given to others.")];
  const groups = groupJobs(jobs);
  const lines = groups.slice(0, MOST_LINES).map((group) => renderGroup(group, now));
  if (groups.length > MOST_LINES)
    lines.push(element("li", "doing", `and ${groups.length - MOST_LINES} more`));
  return lines.length > 0 ? [element("ul", "jobs", ...lines)] : [];
}

/** Segments of one rendition that are made together, or one after the other, in one line. */
function groupJobs(jobs: readonly WorkerJob[]): readonly (readonly WorkerJob[])[] {
  const groups = new Map<string, WorkerJob[]>();
  for (const job of jobs) {
    const key =
      job.kind === "segments" ? `${job.titleKey}/${job.rendition}/${job.isSecond}` : JSON.stringify(job);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}

function renderGroup(jobs: readonly WorkerJob[], now: number): HTMLElement {
  const [first] = jobs as readonly [WorkerJob];
  const since = Math.min(...jobs.map((job) => job.since));
  const notes = [
    formatSpan(now - since),
    ...(jobs.some(({ isAwaited }) => isAwaited) ? ["a viewer waits"] : []),
    ...(first.attempt > 1 ? [`attempt ${first.attempt}`] : []),
    ...(first.isSecond ? ["beside a slow worker"] : []),
  ];
  return element(
    "li",
    "doing",
    element("span", "what", nameJobs(jobs)),
    ...(first.path === undefined ? [] : [element("span", "path", first.path)]),
    element("span", "note", notes.join(" · ")),
  );
}

function nameJobs(jobs: readonly WorkerJob[]): string {
  const [job] = jobs as readonly [WorkerJob];
  switch (job.kind) {
    case "probe":
      return "A first look at the file";
    case "init":
      return `Init segment of ${job.rendition}`;
    case "asset":
      return `${job.asset}`;
    case "other":
      return "Something that this version does not know";
    case "segments":
      return `${job.rendition}, ${listSegments(jobs)}`;
  }
}

/** `segment 8`, `segments 8–11, 14`. */
function listSegments(jobs: readonly WorkerJob[]): string {
  const indices = jobs
    .flatMap(({ first = 0, count = 1 }) => Array.from({ length: count }, (_, k) => first + k))
    .sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (const index of indices) {
    const last = spans.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else spans.push([index, index]);
  }
  const words = spans.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  return indices.length === 1 ? `segment ${words}` : `segments ${words}`;
}

function factsOf(worker: WorkerView, now: number): readonly string[] {
  const { speed, segmentsPerSecond, done, failed, concurrency, version, startedAt } = worker;
  return [
    ...(speed === undefined ? [] : [`${speed.toFixed(1)}× real time`]),
    ...(segmentsPerSecond ? [`${segmentsPerSecond.toFixed(1)} segments/s`] : []),
    ...(done === undefined ? [] : [`${formatCount(done)} done`]),
    ...(failed ? [`${formatCount(failed)} failed`] : []),
    ...(concurrency === undefined ? [] : [`${concurrency} at a time`]),
    ...(startedAt === undefined || worker.state === "silent" ? [] : [`up ${formatSpan(now - startedAt)}`]),
    ...(version === undefined ? [] : [`v${version}`]),
  ];
}
