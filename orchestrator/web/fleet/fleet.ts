import type { Cells, FleetView, SegmentMap } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import type { Problem } from "../problem.ts";
import { adminToken } from "./admin-token.ts";
import { showFaults } from "./faults.ts";
import { showFigures } from "./figures.ts";
import { showLegend } from "./legend.ts";
import { listenLive } from "./live-events.ts";
import type { ServerEvent } from "./parse-events.ts";
import { SegmentMapView } from "./segment-map.ts";
import { TitleActions } from "./title-actions.ts";
import { TitlePicker } from "./title-picker.ts";
import { WorkerMarks } from "./worker-marks.ts";
import { showWorkers } from "./workers.ts";

/** Ages on the page go on between events, milliseconds. */
const TICK_MS = 1000;

const link = byId("link", HTMLParagraphElement);
const marks = new WorkerMarks();
const map = new SegmentMapView(marks);
const actions = new TitleActions();
const picker = new TitlePicker((path) => {
  history.replaceState(null, "", `#${encodeURIComponent(path)}`);
  listen(path);
});

let view: FleetView | undefined;
/** What the lease store's clock is ahead of this one, milliseconds. */
let ahead = 0;
let listening = new AbortController();

function listen(path: string | undefined): void {
  listening.abort();
  listening = new AbortController();
  actions.show(path);
  showMap(false, path === undefined ? undefined : "Looking into the title…");
  const listener = {
    onOpen,
    onEvent,
    onLost: () => showLink("lost", "Connection lost: trying again…"),
    onRefused,
  };
  void listenLive(path, listener, listening.signal);
}

function onOpen(): void {
  byId("door", HTMLElement).hidden = true;
  byId("fleet", HTMLDivElement).hidden = false;
  showLink("live", "Live");
  // A title can be typed as well.
  if (!view) void picker.load().catch(() => {});
}

const hear: Readonly<Record<string, (data: unknown) => void>> = {
  fleet: (data) => showFleet(data as FleetView),
  trouble: (data) => showTrouble(data as Problem),
  map(data) {
    showMap(true);
    map.show(data as SegmentMap);
  },
  cells: (data) => map.change(data as Cells),
  "map-trouble"(data) {
    const { title, detail } = data as Problem;
    showMap(false, `${title}: ${detail}`);
  },
};

function onEvent({ event, data }: ServerEvent): void {
  hear[event]?.(JSON.parse(data));
}

function onRefused({ title, detail, code }: Problem): void {
  adminToken.forget();
  byId("fleet", HTMLDivElement).hidden = true;
  byId("door", HTMLElement).hidden = false;
  byId("door-heading", HTMLHeadingElement).textContent = title;
  const isFirst = code === "admin-token-missing";
  byId("door-detail", HTMLParagraphElement).textContent = isFirst
    ? "What the fleet is doing is shown to whoever has the ADMIN_TOKEN of this server."
    : detail;
  byId("door-form", HTMLFormElement).hidden = code === "admin-closed";
  showLink("closed", "Locked");
  byId("door-token", HTMLInputElement).focus();
}

function showFleet(latest: FleetView): void {
  view = latest;
  ahead = latest.now - Date.now();
  for (const { id } of latest.workers) marks.of(id);
  picker.offer(latest);
  map.setWorkers(latest.workers);
  showBanner(
    latest.mode === "redis-away"
      ? "Redis is away: this server makes what its own viewers ask for, and the fleet is out of reach."
      : undefined,
  );
  tick();
}

function showTrouble({ title, detail }: Problem): void {
  showBanner(`${title}: ${detail}`);
}

function showBanner(text: string | undefined): void {
  const banner = byId("trouble", HTMLDivElement);
  banner.hidden = text === undefined;
  if (banner.textContent !== (text ?? "")) banner.textContent = text ?? "";
}

function showMap(
  isThere: boolean,
  why = "Nothing is being made. Choose a title to see which of its segments there are.",
): void {
  if (!isThere) map.hide();
  byId("map-body", HTMLDivElement).hidden = !isThere;
  const empty = byId("map-empty", HTMLParagraphElement);
  empty.hidden = isThere;
  empty.textContent = why;
}

function showLink(state: string, text: string): void {
  document.documentElement.dataset.state = state;
  link.replaceChildren(element("span", "dot", ""), text);
}

function tick(): void {
  if (!view) return;
  const now = Date.now() + ahead;
  showFigures(view, now);
  showWorkers(view, marks, now);
  showFaults(view, now);
}

byId("door-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId("door-token", HTMLInputElement);
  adminToken.set(input.value);
  input.value = "";
  begin();
});

function begin(): void {
  const path = decodeURIComponent(location.hash.slice(1));
  if (path !== "") picker.show(path);
  listen(path === "" ? undefined : path);
}

// Nobody looks at a page in the background: then the server has nothing to look for.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) listening.abort();
  else begin();
});

showLegend();
window.setInterval(() => {
  if (!document.hidden) tick();
}, TICK_MS);
begin();
