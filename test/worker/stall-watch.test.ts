import { expect, it } from "vitest";
import { readActivity } from "../../worker/process-activity.ts";
import { isIdle } from "../../worker/stall-watch.ts";

const still = { cpuTicks: 100, bytesRead: 5000, isRunnable: false };

it.each([
  ["nothing changed", still, { ...still }, true],
  ["it computed", still, { ...still, cpuTicks: 101 }, false],
  ["it read from a slow disk", still, { ...still, bytesRead: 5001 }, false],
  ["it waits for a busy processor", still, { ...still, isRunnable: true }, false],
  ["a child of it has ended", still, { ...still, cpuTicks: 20 }, false],
  ["nobody has looked before", undefined, still, false],
  ["it can't be seen any more", still, undefined, false],
] as const)("between two looks %s", (_, before, now, idle) => {
  expect(isIdle(before, now)).toBe(idle);
});

it("a process has computed and read since it began", () => {
  const before = readActivity(process.pid)!;
  for (const end = performance.now() + 100; performance.now() < end; );
  const after = readActivity(process.pid)!;
  expect(after.cpuTicks).toBeGreaterThan(before.cpuTicks);
  expect(after.bytesRead).toBeGreaterThan(before.bytesRead);
  expect(after.isRunnable).toBe(true);
});

it("a process that is gone has no activity", () => {
  expect(readActivity(2 ** 30)).toBeUndefined();
});
