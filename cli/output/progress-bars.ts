import type { Style } from "./style.ts";

const WIDTH = 30;
const DRAW_EVERY_MS = 100;
/** Where nobody looks at a terminal: a line for each tenth. */
const LINE_EVERY_PERCENT = 10;

export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** Bars that are written over on a terminal, and now and then a line elsewhere. */
export class ProgressBars {
  readonly #stream: NodeJS.WriteStream;
  readonly #style: Style;
  #drawnAt = 0;
  #lines = 0;
  #saidPercent = 0;

  constructor(stream: NodeJS.WriteStream, style: Style) {
    this.#stream = stream;
    this.#style = style;
  }

  /** @param isLast draws even if the one before was a moment ago. */
  show(rows: readonly Progress[], isLast = false): void {
    if (this.#stream.isTTY) this.#draw(rows, isLast);
    else this.#say(rows);
  }

  #draw(rows: readonly Progress[], isLast: boolean): void {
    const now = performance.now();
    if (!isLast && now - this.#drawnAt < DRAW_EVERY_MS) return;
    this.#drawnAt = now;
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : "";
    const labelWidth = Math.max(...rows.map(({ label }) => label.length));
    const lines = rows.map((row) => `\u001b[K${this.#bar(row, labelWidth)}\n`);
    this.#lines = rows.length;
    this.#stream.write(up + lines.join(""));
  }

  #bar({ label, done, total }: Progress, labelWidth: number): string {
    const full = total === 0 ? WIDTH : Math.floor((WIDTH * done) / total);
    const bar = this.#style("green", "█".repeat(full)) + this.#style("dim", "░".repeat(WIDTH - full));
    return `${label.padEnd(labelWidth)}  ${bar}  ${String(percent(done, total)).padStart(3)} %  ${done}/${total}`;
  }

  #say(rows: readonly Progress[]): void {
    const sum = (of: (row: Progress) => number) => rows.reduce((all, row) => all + of(row), 0);
    const [done, total] = [sum((row) => row.done), sum((row) => row.total)];
    const reached = percent(done, total) - (percent(done, total) % LINE_EVERY_PERCENT);
    if (reached <= this.#saidPercent) return;
    this.#saidPercent = reached;
    this.#stream.write(`${reached} % (${done} of ${total} parts)\n`);
  }
}

function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}
