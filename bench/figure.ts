import { cpus, totalmem } from "node:os";

/** One measured ratio: ours against its anchor, run by run. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms wall" | "s CPU";
  readonly ours: readonly number[];
  readonly anchor: readonly number[];
  /** What is measured against. */
  readonly anchorName: string;
  readonly target: number;
}

/** Prints a row a figure: medians, and the ratio of each pair of runs as median and spread. */
export function printFigures(figures: readonly Figure[]): void {
  const [cpu] = cpus();
  console.log(
    `\n${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log("Ratios are taken pair by pair in one run; times are this machine's and no promise.\n");
  for (const { name, unit, ours, anchor, anchorName, target } of figures) {
    const ratios = ours.map((value, run) => value / anchor[run]!);
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    console.log(name);
    console.log(
      `  ratio ${median(ratios).toFixed(2)} (${spread}, ${ratios.length} runs), target ≤ ${target}`,
    );
    console.log(
      `  ours ${format(median(ours), unit)}, anchor ${format(median(anchor), unit)}: ${anchorName}\n`,
    );
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function format(value: number, unit: Figure["unit"]): string {
  return unit === "ms wall" ? `${value.toFixed(0)} ms` : `${value.toFixed(2)} s of CPU`;
}
