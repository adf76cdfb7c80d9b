import { expect, it } from "vitest";
import { planTitle } from "../../shared/media/title.ts";
import { RunSpeed } from "../../worker/run-speed.ts";
import { exampleSource } from "../shared/media/example-source.ts";

const { video } = await planTitle(exampleSource(), { segmentSeconds: 4 });
const [small, large] = [video[0]!, video.at(-1)!];

it("a rung that was never measured is made at twice the speed at which it plays", () => {
  const speed = new RunSpeed();
  expect(speed.of(small)).toBe(2);
  speed.record(small, 24, 4000);
  expect(speed.of(large)).toBe(2);
});

it("half of what was measured is counted on, and the latest run counts for as much as all before it", () => {
  const speed = new RunSpeed();
  speed.record(large, 24, 6000);
  expect(speed.of(large)).toBe(2);
  speed.record(large, 24, 3000);
  expect(speed.of(large)).toBe(3);
});

it("no run is thought to be very slow or very fast", () => {
  const speed = new RunSpeed();
  speed.record(small, 24, 60_000);
  expect(speed.of(small)).toBe(0.5);
  speed.record(large, 24, 100);
  expect(speed.of(large)).toBe(8);
});
