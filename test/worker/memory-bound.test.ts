import { expect, it } from "vitest";
import { memoryBound } from "../../worker/memory-bound.ts";

const GB = 1024 ** 3;

it.each([
  ["a large machine", 64 * GB, 4 * GB],
  ["a small one", 2 * GB, 1.5 * GB],
  ["a container smaller than one encode", 0.5 * GB, 0.75 * GB],
])(
  "on %s a program may have as much as the largest picture needs, and not all there is",
  (_what, machine, bound) => {
    expect(memoryBound(machine)).toBe(bound);
  },
);
