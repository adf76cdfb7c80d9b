import { expect, it } from "vitest";
import { chooseConcurrency } from "../../worker/concurrency.ts";

const GIB = 2 ** 30;

it.each([
  [8, 32, 8],
  [2, 4, 2],
  [1.5, 16, 1],
  [0.1, 16, 1],
  [16, 4, 5],
  [16, 2, 2],
  [4, 0.5, 1],
  [4, 0.1, 1],
])("%d processors and %d GiB of memory are good for %d encodes at a time", (processors, gib, encodes) => {
  expect(chooseConcurrency({ processors, memoryBytes: gib * GIB })).toBe(encodes);
});
