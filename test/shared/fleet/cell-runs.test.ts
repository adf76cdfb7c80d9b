import fc from "fast-check";
import { expect, it } from "vitest";
import { type CellSpan, cellRuns, type KnownCells } from "../../../shared/fleet/cell-runs.ts";

const COUNT = 40;
const span: fc.Arbitrary<CellSpan> = fc.record({
  first: fc.nat(COUNT + 5),
  count: fc.integer({ min: 1, max: 6 }),
});
const known: fc.Arbitrary<KnownCells> = fc.record({
  made: fc.uniqueArray(fc.nat(COUNT + 5)).map((indices) => new Set(indices)),
  queued: fc.array(span, { maxLength: 5 }),
  claimed: fc.array(
    fc.tuple(span, fc.constantFrom("w1", "w2")).map(([where, worker]) => ({ ...where, worker })),
    { maxLength: 5 },
  ),
});

it("says of every segment what is known of it", () => {
  const runs = cellRuns(12, {
    made: new Set([0, 1, 5]),
    queued: [{ first: 6, count: 2 }],
    claimed: [{ first: 4, count: 3, worker: "w1" }],
  });
  expect(runs).toEqual([
    { from: 0, to: 2, state: "made" },
    { from: 2, to: 4, state: "missing" },
    { from: 4, to: 5, state: "claimed", worker: "w1" },
    { from: 5, to: 6, state: "made" },
    { from: 6, to: 7, state: "claimed", worker: "w1" },
    { from: 7, to: 8, state: "queued" },
    { from: 8, to: 12, state: "missing" },
  ]);
});

it("names the first of two who are at a segment", () => {
  const claimed = ["w1", "w2"].map((worker) => ({ first: 0, count: 1, worker }));
  expect(cellRuns(1, { made: new Set(), queued: [], claimed })).toEqual([
    { from: 0, to: 1, state: "claimed", worker: "w1" },
  ]);
});

const covers = (spans: readonly CellSpan[], index: number) =>
  spans.some(({ first, count }) => first <= index && index < first + count);

it("covers all segments once and in order, whatever is known, and takes what is made for made", () => {
  fc.assert(
    fc.property(known, ({ made, queued, claimed }) => {
      const runs = cellRuns(COUNT, { made, queued, claimed });
      expect(runs[0]!.from).toBe(0);
      expect(runs.at(-1)!.to).toBe(COUNT);
      for (const [k, run] of runs.entries()) {
        const next = runs[k + 1];
        if (next) expect(run.to).toBe(next.from);
        if (next) expect([run.state, run.worker]).not.toEqual([next.state, next.worker]);
        for (let index = run.from; index < run.to; index++) {
          const isClaimed = covers(claimed, index);
          const state = isClaimed ? "claimed" : covers(queued, index) ? "queued" : "missing";
          expect(run.state).toBe(made.has(index) ? "made" : state);
        }
      }
    }),
  );
});
