import type { CellRun, CellState } from "./fleet-view.ts";

/** Segments [first, first + count). */
export interface CellSpan {
  readonly first: number;
  readonly count: number;
}

export interface ClaimedSpan extends CellSpan {
  /** The holder's id. */
  readonly worker: string;
}

export interface KnownCells {
  readonly made: ReadonlySet<number>;
  readonly queued: readonly CellSpan[];
  readonly claimed: readonly ClaimedSpan[];
}

type Cell = { readonly state: CellState; readonly worker?: string };

const MISSING: Cell = { state: "missing" };
const QUEUED: Cell = { state: "queued" };
const MADE: Cell = { state: "made" };

/**
 * The state of all segments of a rendition, equal neighbours together. What is made is made, whoever is still at it; of
 * two who are at one, the first that is named counts.
 */
export function cellRuns(count: number, { made, queued, claimed }: KnownCells): readonly CellRun[] {
  const cells = new Array<Cell>(count).fill(MISSING);
  const put = ({ first, count: length }: CellSpan, cell: Cell) => cells.fill(cell, first, first + length);
  for (const span of queued) put(span, QUEUED);
  for (const { worker, ...span } of claimed.toReversed()) put(span, { state: "claimed", worker });
  for (const index of made) if (index < count) cells[index] = MADE;
  const runs: CellRun[] = [];
  for (const [index, { state, worker }] of cells.entries()) {
    const last = runs.at(-1);
    if (last && last.state === state && last.worker === worker) last.to = index + 1;
    else runs.push({ from: index, to: index + 1, state, ...(worker !== undefined && { worker }) });
  }
  return runs;
}
