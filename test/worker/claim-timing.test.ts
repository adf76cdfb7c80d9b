import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClaimTiming } from "../../worker/claim-timing.ts";

const LOOK_AHEAD = { kind: "queued", awaited: false } as const;
const AWAITED = { kind: "queued", awaited: true } as const;
const DRAINED = { kind: "drained" } as const;

/** Longer than look-ahead is left to others, shorter than a worker goes without a look. */
const A_WHILE_MS = 1000;
const POLL_MS = 7000;

describe("a worker asks for work", () => {
  let timing: ClaimTiming;
  /** Whether it asks within that time. */
  const asksWithin = async (ms: number) => {
    let asks = false;
    void timing.wait().then(() => {
      asks = true;
    });
    await vi.advanceTimersByTimeAsync(ms);
    return asks;
  };
  /** It has just asked, and got less than it had room for. */
  const nothingLeft = () => timing.answeredShort(timing.asking());

  beforeEach(() => {
    vi.useFakeTimers();
    timing = new ClaimTiming();
  });
  afterEach(() => {
    timing.close();
    vi.useRealTimers();
  });

  test("at once where somebody waits, though it may have no room", async () => {
    timing.hear(AWAITED, false);
    expect(await asksWithin(0)).toBe(true);
  });

  test("a moment later where nobody waits yet", async () => {
    timing.hear(LOOK_AHEAD, true);
    expect(await asksWithin(A_WHILE_MS)).toBe(true);
  });

  test("not for look-ahead without room, but once a job ends", async () => {
    timing.hear(LOOK_AHEAD, false);
    expect(await asksWithin(A_WHILE_MS)).toBe(false);
    timing.jobEnded();
    expect(await asksWithin(0)).toBe(true);
  });

  test("not where others have taken all before it got round to it", async () => {
    timing.hear(LOOK_AHEAD, true);
    timing.hear(DRAINED, true);
    expect(await asksWithin(A_WHILE_MS)).toBe(false);
  });

  test("not when a job ends and nothing was left at the last look", async () => {
    nothingLeft();
    timing.jobEnded();
    expect(await asksWithin(A_WHILE_MS)).toBe(false);
  });

  test("when a job ends and work was announced since, though the answer to an earlier question says there is none", async () => {
    const before = timing.asking();
    timing.hear(LOOK_AHEAD, false);
    timing.answeredShort(before);
    timing.jobEnded();
    expect(await asksWithin(0)).toBe(true);
  });

  test("at once when it hears again after it could not", async () => {
    nothingLeft();
    timing.hear({ kind: "connected" }, true);
    expect(await asksWithin(0)).toBe(true);
  });

  test("by itself now and then, in case it heard nothing", async () => {
    nothingLeft();
    expect(await asksWithin(POLL_MS)).toBe(true);
  });
});
