import type { Cells, SegmentMap, WorkerView } from "../../../shared/fleet/fleet-view.ts";
import { byId, element } from "../dom.ts";
import { cellWords, countMade, renditionWords } from "./cell-words.ts";
import {
  AXIS_HEIGHT,
  type CellRow,
  type ClaimMark,
  type Cursor,
  drawCells,
  drawStrip,
  ROW_HEIGHT,
  readPalette,
} from "./draw-cells.ts";
import { followWork, placeWindow, type Span, segmentAt, windowLength } from "./map-window.ts";
import { formatPlace } from "./spans.ts";
import type { WorkerMarks } from "./worker-marks.ts";

/** The segment map of a title: which segments there are, and who is at the others. */
export class SegmentMapView {
  readonly #canvas = byId("cells", HTMLCanvasElement);
  readonly #sheet = byId("sheet", HTMLDivElement);
  readonly #strip = byId("strip", HTMLDivElement);
  readonly #stripCanvas = byId("strip-canvas", HTMLCanvasElement);
  readonly #slider = byId("window", HTMLInputElement);
  readonly #follow = byId("follow", HTMLInputElement);
  readonly #rowList = byId("rows", HTMLUListElement);
  readonly #words = byId("cell-words", HTMLParagraphElement);
  readonly #marks: WorkerMarks;
  #map: SegmentMap | undefined;
  #workers: ReadonlyMap<string, WorkerView> = new Map();
  #from = 0;
  #cursor: Cursor | undefined;
  #frame = 0;

  constructor(marks: WorkerMarks) {
    this.#marks = marks;
    this.#sheet.tabIndex = 0;
    this.#slider.addEventListener("input", () => this.#scrollTo(this.#slider.valueAsNumber));
    this.#follow.addEventListener("change", () => this.#draw());
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.#canvas.addEventListener("pointerdown", (event) => this.#point(event));
    this.#sheet.addEventListener("keydown", (event) => this.#step(event));
    this.#canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    new ResizeObserver(() => this.#draw()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  show(map: SegmentMap): void {
    if (map.titleKey !== this.#map?.titleKey) {
      this.#from = 0;
      this.#cursor = undefined;
      this.#follow.checked = true;
    }
    this.#map = map;
    this.#refresh();
  }

  change({ titleKey, renditions }: Cells): void {
    if (titleKey !== this.#map?.titleKey) return;
    const changed = new Map(renditions.map(({ id, runs }) => [id, runs]));
    this.#map = {
      ...this.#map,
      renditions: this.#map.renditions.map((known) => ({
        ...known,
        runs: changed.get(known.id) ?? known.runs,
      })),
    };
    this.#refresh();
  }

  setWorkers(workers: readonly WorkerView[]): void {
    this.#workers = new Map(workers.map((worker) => [worker.id, worker]));
    if (this.#map) this.#draw();
  }

  hide(): void {
    this.#map = undefined;
  }

  get #rows(): readonly CellRow[] {
    const { renditions = [], timelines = [] } = this.#map ?? {};
    return renditions.map((rendition) => ({ rendition, borders: timelines[rendition.timeline]! }));
  }

  get #duration(): number {
    return Math.max(1, ...(this.#map?.timelines ?? []).map((borders) => borders.at(-1)!));
  }

  get #window(): Span {
    const length = windowLength(this.#canvas.clientWidth, this.#duration);
    return placeWindow(this.#from, length, this.#duration);
  }

  #refresh(): void {
    this.#rowList.replaceChildren(...this.#rows.map(({ rendition }) => renderRow(rendition)));
    this.#canvas.style.height = `${AXIS_HEIGHT + this.#rows.length * ROW_HEIGHT}px`;
    this.#draw();
  }

  /** Once for all changes until the next picture of the screen. */
  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (!this.#map || this.#canvas.clientWidth === 0) return;
      const duration = this.#duration;
      if (this.#follow.checked) this.#from = followWork(this.#window, this.#work(), duration).from;
      const window = this.#window;
      const isWhole = window.to - window.from >= duration;
      this.#strip.hidden = byId("follow-label", HTMLLabelElement).hidden = isWhole;
      const look = { palette: readPalette(this.#canvas), markOf: (id: string) => this.#markOf(id) };
      drawCells(this.#canvas, this.#rows, window, { ...look, cursor: this.#cursor });
      if (!isWhole) {
        drawStrip(this.#stripCanvas, this.#rows, window, duration, look);
        this.#slider.max = String(Math.ceil(duration - (window.to - window.from)));
        this.#slider.value = String(window.from);
        this.#slider.ariaValueText = `${formatPlace(window.from)} to ${formatPlace(window.to)}`;
      }
      this.#tell();
    });
  }

  /** Where somebody is at work. */
  #work(): Span | undefined {
    const spans = this.#rows.flatMap(({ rendition, borders }) =>
      rendition.runs.flatMap(({ from, to, state }) =>
        state === "claimed" ? [{ from: borders[from]!, to: borders[to]! }] : [],
      ),
    );
    if (spans.length === 0) return undefined;
    return { from: Math.min(...spans.map(({ from }) => from)), to: Math.max(...spans.map(({ to }) => to)) };
  }

  #markOf(id: string): ClaimMark {
    return { ...this.#marks.of(id), isSilent: this.#workers.get(id)?.state === "silent" };
  }

  #scrollTo(from: number): void {
    this.#follow.checked = false;
    this.#from = from;
    this.#draw();
  }

  #wheel(event: WheelEvent): void {
    const { from, to } = this.#window;
    if (Math.abs(event.deltaX) <= Math.abs(event.deltaY) || to - from >= this.#duration) return;
    event.preventDefault();
    this.#scrollTo(
      placeWindow(from + (event.deltaX * (to - from)) / this.#canvas.clientWidth, to - from, this.#duration)
        .from,
    );
  }

  #point({ offsetX, offsetY }: PointerEvent): void {
    const row = Math.floor((offsetY - AXIS_HEIGHT) / ROW_HEIGHT);
    const borders = this.#rows[row]?.borders;
    const { from, to } = this.#window;
    const index = borders && segmentAt(borders, from + (offsetX / this.#canvas.clientWidth) * (to - from));
    if (index === undefined) return;
    this.#cursor = { row, index };
    this.#draw();
  }

  /** Along a rendition by segments, between renditions at the same time. */
  #step(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, readonly [row: number, index: number]>> = {
      ...{ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] },
      ...{ Home: [0, Number.NEGATIVE_INFINITY], End: [0, Number.POSITIVE_INFINITY] },
    };
    const step = steps[event.key];
    if (!step || this.#rows.length === 0) return;
    event.preventDefault();
    const cursor = this.#cursor;
    const row = cursor ? Math.max(0, Math.min(this.#rows.length - 1, cursor.row + step[0])) : 0;
    const { borders } = this.#rows[row]!;
    const before = cursor ? this.#rows[cursor.row]!.borders[cursor.index]! : this.#window.from;
    const same =
      cursor?.row === row ? cursor.index : (segmentAt(borders, before + 0.01) ?? borders.length - 2);
    const index = Math.max(0, Math.min(borders.length - 2, same + (cursor ? step[1] : 0)));
    this.#cursor = { row, index };
    this.#follow.checked = false;
    const cell = { from: borders[index]!, to: borders[index + 1]! };
    this.#from = followWork(this.#window, cell, this.#duration).from;
    this.#draw();
  }

  #tell(): void {
    const at = this.#cursor && this.#rows[this.#cursor.row];
    const words = at
      ? cellWords(at.rendition, this.#cursor!.index, at.borders, (id) => {
          const worker = this.#workers.get(id);
          return worker && { name: worker.name, isSilent: worker.state === "silent" };
        })
      : "Point at a segment, or go there with the arrow keys, to see what it is.";
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }
}

function renderRow(rendition: SegmentMap["renditions"][number]): HTMLElement {
  const { made, all } = countMade(rendition);
  const figures = element("span", "row-count", `${made}/${all}`);
  figures.ariaHidden = "true";
  const words = element("span", "visually-hidden", `: ${renditionWords(rendition)}`);
  return element(
    "li",
    made === all ? "row whole" : "row",
    element("span", "row-name", rendition.label),
    figures,
    words,
  );
}
