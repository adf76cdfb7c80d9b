import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RecentLook } from "../../../cli/metrics/recent-look.ts";

describe("a look that scrapes ask for", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is one for all who ask within a second", async () => {
    let looks = 0;
    const look = new RecentLook(async () => ++looks);
    expect(await Promise.all([look.value(), look.value()])).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(900);
    expect(await look.value()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await look.value()).toBe(2);
  });

  it("is not waited for beyond a second, and not begun again beside itself", async () => {
    let looks = 0;
    let answer = (_: string) => {};
    const look = new RecentLook(() => {
      looks += 1;
      return new Promise<string>((resolve) => {
        answer = resolve;
      });
    });
    for (let ask = 0; ask < 3; ask++) {
      const asked = look.value();
      await vi.advanceTimersByTimeAsync(1500);
      expect(await asked).toBeUndefined();
    }
    expect(looks).toBe(1);
    answer("late");
    await vi.advanceTimersByTimeAsync(0);
    const next = look.value();
    answer("in time");
    expect(await next).toBe("in time");
  });

  it("that fails is nothing, until the next one", async () => {
    const answers = [Promise.reject(new Error("away")), Promise.resolve(7)];
    const look = new RecentLook(() => answers.shift()!);
    expect(await look.value()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await look.value()).toBe(7);
  });
});
