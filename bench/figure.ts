export type Unit =
  | "ms wall"
  | "s CPU"
  | "requests/s"
  | "MB/s"
  | "jobs/s"
  | "MB"
  | "kB"
  | "dB"
  | "× one worker";

/** What of a figure counts: beside an anchor the ratio to it, or, as decibels are logarithms, the difference. */
export type Measure = "ratio" | "difference" | "value";

/** Something measured, run by run, for its own sake or against an anchor in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  /** One for each of ours; absent where the value itself is what counts. */
  readonly anchor?: readonly number[];
  /** What is measured against. */
  readonly anchorName: string;
  /** For what counts. */
  readonly target: number;
  /** The target is the least then; else it is the most. */
  readonly moreIsBetter?: boolean;
}

/** How much is measured: everything, or just enough to see that it can be. */
export interface Extent {
  readonly smoke: boolean;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

export function measureOf({ anchor, unit }: Pick<Figure, "anchor" | "unit">): Measure {
  if (!anchor) return "value";
  return unit === "dB" ? "difference" : "ratio";
}

/** Of what counts, run by run. */
export function spreadOf(figure: Figure): Spread {
  const measure = measureOf(figure);
  const values = figure.ours.map((value, run) => {
    if (measure === "value") return value;
    const against = figure.anchor![run]!;
    return measure === "ratio" ? value / against : value - against;
  });
  return {
    median: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    runs: values.length,
  };
}

export function meetsTarget(figure: Figure): boolean {
  const { median: value } = spreadOf(figure);
  return figure.moreIsBetter ? value >= figure.target : value <= figure.target;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Measures several things in turn, so many times over, each time beginning with another one: what the machine does
 * besides falls on all alike.
 * @returns the values of each, run by run.
 */
export async function interleave<Name extends string, Value = number>(
  runs: number,
  measures: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<Record<Name, Value[]>> {
  const names = Object.keys(measures) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as Value[]])) as Record<Name, Value[]>;
  for (let run = 0; run < runs; run++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(run + turn) % names.length]!;
      values[name].push(await measures[name]());
    }
  }
  return values;
}
