import { describe, expect, it } from "vitest";
import { untilAborted } from "../../shared/until-aborted.ts";

describe("a wait that can be ended", () => {
  it("gives what the promise settles with", async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(untilAborted(Promise.reject(new Error("failed")), signal)).rejects.toThrow("failed");
  });

  it("ends with the signal's reason, whether it fires later or had fired before", async () => {
    const leaver = new AbortController();
    const never = new Promise<never>(() => {});
    const waiting = untilAborted(never, leaver.signal);
    leaver.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(untilAborted(never, leaver.signal)).rejects.toThrow("left");
  });

  it("leaves no rejection that nobody hears of", async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown) => void unheard.push(reason);
    process.on("unhandledRejection", note);
    const late = Promise.reject(new Error("late"));
    await expect(untilAborted(late, AbortSignal.abort(new Error("left")))).rejects.toThrow("left");
    await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    expect(unheard).toEqual([]);
  });
});
