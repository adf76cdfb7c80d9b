import type { CellRun, RenditionMap } from "../../../shared/fleet/fleet-view.ts";
import { formatCount, formatPlace } from "./spans.ts";

export interface KnownWorker {
  readonly name: string;
  readonly isSilent: boolean;
}

/** What a cell is, in words. */
export function cellWords(
  rendition: RenditionMap,
  index: number,
  borders: readonly number[],
  workerOf: (id: string) => KnownWorker | undefined,
): string {
  const place = `${formatPlace(borders[index]!)} to ${formatPlace(borders[index + 1]!)}`;
  const run = runAt(rendition.runs, index);
  return `${rendition.label} · segment ${index} · ${place} · ${run ? stateWords(run, workerOf) : "unknown"}`;
}

export function runAt(runs: readonly CellRun[], index: number): CellRun | undefined {
  return runs.find(({ from, to }) => from <= index && index < to);
}

function stateWords({ state, worker }: CellRun, workerOf: (id: string) => KnownWorker | undefined): string {
  switch (state) {
    case "made":
      return "made";
    case "missing":
      return "not made";
    case "queued":
      return "waits for a worker";
    case "claimed": {
      const holder = worker === undefined ? undefined : workerOf(worker);
      if (!holder) return "being made";
      return holder.isSilent ? `with ${holder.name}, which does not answer` : `being made by ${holder.name}`;
    }
  }
}

/** How far a rendition is: `12 of 151`. */
export function countMade({ runs }: RenditionMap): { readonly made: number; readonly all: number } {
  const made = runs.reduce((sum, { from, to, state }) => sum + (state === "made" ? to - from : 0), 0);
  return { made, all: runs.at(-1)?.to ?? 0 };
}

/** The same in full, for those who don't see the cells. */
export function renditionWords(rendition: RenditionMap): string {
  const { made, all } = countMade(rendition);
  const count = (wanted: CellRun["state"]) =>
    rendition.runs.reduce((sum, { from, to, state }) => sum + (state === wanted ? to - from : 0), 0);
  const rest = [
    [count("claimed"), "being made"] as const,
    [count("queued"), "waiting for a worker"] as const,
  ].flatMap(([number, words]) => (number > 0 ? [`${formatCount(number)} ${words}`] : []));
  return [`${formatCount(made)} of ${formatCount(all)} made`, ...rest].join(", ");
}
