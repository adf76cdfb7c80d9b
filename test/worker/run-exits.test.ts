import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RunExits } from "../../worker/run-exits.ts";

// Time is the subject here, so it is moved by hand.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const left: string[] = [];
  const exits = new RunExits((id) => left.push(id));
  for (const id of ["first", "second", "third", "other rung", "its second"]) exits.hold(id);
  exits.begin(
    [
      ["first", "second", "third"],
      ["other rung", "its second"],
    ],
    12_000,
  );
  return { left, exits };
}

it("who waits for a later segment of a run has jumped there: it leaves at once", () => {
  const { left, exits } = setUp();
  exits.awaited("third");
  expect(left).toEqual(["third"]);
});

it("who waits for the first gets it with the run", () => {
  const { left, exits } = setUp();
  exits.awaited("first");
  vi.advanceTimersByTime(11_000);
  exits.end("first");
  vi.advanceTimersByTime(60_000);
  expect(left).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it("it is the same for each rung of a run", () => {
  const { left, exits } = setUp();
  exits.awaited("other rung");
  exits.awaited("its second");
  expect(left).toEqual(["its second"]);
  vi.advanceTimersByTime(12_000);
  expect(left).toEqual(["its second", "other rung"]);
});

it("who began to wait while the run was still being gathered is not forgotten", () => {
  const left: string[] = [];
  const exits = new RunExits((id) => left.push(id));
  for (const id of ["first", "second", "alone"]) exits.hold(id);
  for (const id of ["first", "second", "alone"]) exits.awaited(id);
  expect(left).toEqual([]);
  exits.begin([["first", "second"]], 12_000);
  expect(left).toEqual(["second"]);
  vi.advanceTimersByTime(12_000);
  expect(left).toEqual(["second", "first"]);
  for (const id of ["first", "second", "alone"]) exits.end(id);
  // A later lease of the same job knows nothing of that.
  exits.hold("second");
  exits.begin([["first", "second"]], 12_000);
  expect(left).toEqual(["second", "first"]);
});

it("when a run takes longer than it should, its first leaves too, once somebody waits for it", () => {
  const { left, exits } = setUp();
  exits.awaited("first");
  exits.awaited("first");
  vi.advanceTimersByTime(11_999);
  expect(left).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(left).toEqual(["first"]);
  const late = setUp();
  vi.advanceTimersByTime(20_000);
  expect(late.left).toEqual([]);
  late.exits.awaited("first");
  expect(late.left).toEqual(["first"]);
});

it("what is in no run, or no more, does not leave it", () => {
  const { left, exits } = setUp();
  exits.end("second");
  exits.awaited("second");
  exits.awaited("stranger");
  expect(left).toEqual([]);
});

it("a job that is held anew is in no run, whoever waited for it before", () => {
  const { left, exits } = setUp();
  exits.awaited("first");
  exits.hold("first");
  vi.advanceTimersByTime(60_000);
  expect(left).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
