import { shuffle } from "./shuffle.ts";

/** `DRAW_SEED=…` repeats what a run drew. */
export const drawSeed = Number(process.env.DRAW_SEED || Math.floor(Math.random() * 1e6));
/** `DRAW_ALL=1` has everything tried, as `npm run conformance` and `npm run soak` do. */
export const drawsAll = Boolean(process.env.DRAW_ALL);

/** Of cases that take long, `count` for this run, in their own order; another time the others. */
export function draw<T>(cases: readonly T[], count: number): readonly T[] {
  if (drawsAll) return cases;
  const drawn = new Set(shuffle(cases, drawSeed).slice(0, count));
  return cases.filter((each) => drawn.has(each));
}
