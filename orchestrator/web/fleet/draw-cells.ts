import type { CellRun, RenditionMap } from "../../../shared/fleet/fleet-view.ts";
import type { Span } from "./map-window.ts";
import { formatPlace } from "./spans.ts";
import { WORKER_COLOURS, type WorkerMark } from "./worker-marks.ts";

/** CSS pixels. */
export const ROW_HEIGHT = 26;
export const AXIS_HEIGHT = 20;
const CELL_HEIGHT = 20;
const GAP = 1;
/** From this width on a cell has room for its worker's letter, or for a cross. */
const LETTER_WIDTH = 9;
/** A tick of the axis needs so much room. */
const TICK_WIDTH = 64;
const TICKS = [5, 10, 30, 60, 120, 300, 600, 1800, 3600];

export interface CellRow {
  readonly rendition: RenditionMap;
  /** Seconds. */
  readonly borders: readonly number[];
}

export interface Cursor {
  readonly row: number;
  readonly index: number;
}

export interface Palette {
  readonly missing: string;
  readonly queued: string;
  readonly made: string;
  readonly silent: string;
  readonly onMark: string;
  readonly ink: string;
  readonly quiet: string;
  readonly workers: readonly string[];
}

/** How a claimed cell is marked. */
export type ClaimMark = WorkerMark & { readonly isSilent: boolean };

export interface CellLook {
  readonly palette: Palette;
  readonly markOf: (worker: string) => ClaimMark;
  readonly cursor: Cursor | undefined;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ...{ missing: colour("cell-missing"), queued: colour("cell-queued"), made: colour("cell-made") },
    ...{
      silent: colour("cell-silent"),
      onMark: colour("on-mark"),
      ink: colour("f-ink"),
      quiet: colour("f-quiet"),
    },
    workers: Array.from({ length: WORKER_COLOURS }, (_, k) => colour(`worker-${k}`)),
  };
}

/** Draws what lies in the window: a row for each rendition, a cell for each segment, as wide as it is long. */
export function drawCells(
  canvas: HTMLCanvasElement,
  rows: readonly CellRow[],
  window: Span,
  look: CellLook,
): void {
  const { context, width } = prepare(canvas);
  const scale = width / (window.to - window.from);
  drawAxis(context, window, scale, look.palette);
  for (const [row, { rendition, borders }] of rows.entries()) {
    const top = AXIS_HEIGHT + row * ROW_HEIGHT + (ROW_HEIGHT - CELL_HEIGHT) / 2;
    for (const run of rendition.runs) {
      for (let index = run.from; index < run.to; index++) {
        const [from, to] = [borders[index]!, borders[index + 1]!];
        if (to <= window.from || from >= window.to) continue;
        const left = (from - window.from) * scale;
        const box = { left, top, width: Math.max(1, (to - from) * scale - GAP), height: CELL_HEIGHT };
        drawCell(context, box, run, look);
        if (look.cursor?.row === row && look.cursor.index === index) drawCursor(context, box, look.palette);
      }
    }
  }
}

/** Draws the whole title in little, a line for each rendition. */
export function drawStrip(
  canvas: HTMLCanvasElement,
  rows: readonly CellRow[],
  shown: Span,
  duration: number,
  { palette, markOf }: Omit<CellLook, "cursor">,
): void {
  const { context, width, height } = prepare(canvas);
  const scale = width / duration;
  const line = Math.max(1, Math.floor(height / Math.max(1, rows.length)));
  for (const [row, { rendition, borders }] of rows.entries()) {
    for (const { from, to, state, worker } of rendition.runs) {
      const left = borders[from]! * scale;
      const mark = worker === undefined ? undefined : markOf(worker);
      context.fillStyle = state === "claimed" && mark ? claimColour(mark, palette) : palette[plain(state)];
      const wide = Math.max(state === "claimed" ? 2 : 1, borders[to]! * scale - left);
      context.fillRect(left, row * line, wide, Math.max(1, line - 1));
    }
  }
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.strokeRect(shown.from * scale + 1, 1, (shown.to - shown.from) * scale - 2, height - 2);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** For as many pixels as the screen has, in CSS pixels. */
function prepare(canvas: HTMLCanvasElement) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  return { context, width, height };
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { from, to }: Span,
  scale: number,
  palette: Palette,
): void {
  const step = TICKS.find((seconds) => seconds * scale >= TICK_WIDTH) ?? TICKS.at(-1)!;
  context.fillStyle = palette.quiet;
  context.font = "500 11px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (let tick = Math.ceil(from / step) * step; tick < to; tick += step) {
    const left = (tick - from) * scale;
    context.fillRect(left, AXIS_HEIGHT - 5, 1, 5);
    context.fillText(formatPlace(tick), left + 4, AXIS_HEIGHT / 2 - 1);
  }
}

function drawCell(
  context: CanvasRenderingContext2D,
  box: Box,
  { state, worker }: CellRun,
  look: CellLook,
): void {
  const { palette } = look;
  const mark = state === "claimed" && worker !== undefined ? look.markOf(worker) : undefined;
  context.fillStyle = mark ? claimColour(mark, palette) : palette[plain(state)];
  context.beginPath();
  context.roundRect(box.left, box.top, box.width, box.height, Math.min(3, box.width / 3));
  context.fill();
  if (state === "queued") hatch(context, box, palette.queued);
  if (!mark || box.width < LETTER_WIDTH) return;
  if (mark.isSilent) cross(context, box, palette.onMark);
  else letter(context, box, mark.letter, palette.onMark);
}

function plain(state: CellRun["state"]): "made" | "missing" {
  return state === "made" ? "made" : "missing";
}

function claimColour({ colour, isSilent }: ClaimMark, palette: Palette): string {
  return isSilent ? palette.silent : palette.workers[colour]!;
}

/** Told from the others without colours, too: hatched, lettered, crossed out, or plain. */
function hatch(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  context.save();
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let x = box.left - box.height; x < box.left + box.width; x += 5) {
    context.moveTo(x, box.top + box.height);
    context.lineTo(x + box.height, box.top);
  }
  context.stroke();
  context.restore();
}

function letter(context: CanvasRenderingContext2D, box: Box, text: string, colour: string): void {
  context.fillStyle = colour;
  context.font = "700 11px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, box.left + box.width / 2, box.top + box.height / 2 + 0.5);
  context.textAlign = "start";
}

function cross(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  const reach = Math.min(box.width, box.height) / 2 - 3;
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
  context.stroke();
}

function drawCursor(context: CanvasRenderingContext2D, box: Box, { ink }: Palette): void {
  context.strokeStyle = ink;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(box.left - 1, box.top - 1, box.width + 2, box.height + 2, 3);
  context.stroke();
}
