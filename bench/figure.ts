export type Unit = "ms wall" | "s CPU" | "requests/s" | "MB/s" | "jobs/s" | "MB" | "kB" | "× one worker";

/** Something measured, run by run; where it has an anchor, what counts is the ratio to it in the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  /** One for each of ours; absent where the value itself is what counts. */
  readonly anchor?: readonly number[];
  /** What is measured against. */
  readonly anchorName: string;
  /** For the ratio, or, without an anchor, for the value. */
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

/** Of the ratios, run by run, or of the values where there is no anchor. */
export function spreadOf({ ours, anchor }: Figure): Spread {
  const values = anchor ? ours.map((value, run) => value / anchor[run]!) : ours;
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
export async function interleave<Name extends string>(
  runs: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(measures) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = 0; run < runs; run++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(run + turn) % names.length]!;
      values[name].push(await measures[name]());
    }
  }
  return values;
}
