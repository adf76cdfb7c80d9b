import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FaultError, formatReason, parseReason } from "../../shared/fault.ts";

describe("a fault", () => {
  it("crosses the lease store as one line and comes out with its code", () => {
    const fault = new FaultError("source-damaged", "“a.mp4” is damaged:\n  it ends early.");
    expect(formatReason(fault)).toBe("source-damaged: “a.mp4” is damaged: it ends early.");
    expect(parseReason(formatReason(fault))).toMatchObject({
      code: "source-damaged",
      message: "“a.mp4” is damaged: it ends early.",
    });
  });

  it("of a reason without a code is the store's own: the workers were lost", () => {
    expect(parseReason("3 workers stopped answering while they worked on it")).toMatchObject({
      code: "workers-lost",
      message: "3 workers stopped answering while they worked on it",
      retryable: true,
    });
  });

  it.each([
    ["encode-timeout", true],
    ["storage-failed", true],
    ["storage-timeout", true],
    // Its own pace is told to viewers: no worker encodes three times for a full disk.
    ["storage-full", false],
    ["internal", true],
    ["source-not-found", false],
    ["source-changed", false],
    ["codec-unsupported", false],
    ["not-media", false],
  ] as const)("%s: another attempt may help is %s", (code, retryable) => {
    expect(new FaultError(code, "x").retryable).toBe(retryable);
  });

  it("keeps its message whatever a file is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (detail) => {
        const reason = formatReason(new FaultError("not-media", `“${detail}” is no film.`));
        expect(reason).not.toMatch(/[\n\r]/);
        expect(parseReason(reason).code).toBe("not-media");
        expect(formatReason(parseReason(reason))).toBe(reason);
      }),
    );
  });
});
