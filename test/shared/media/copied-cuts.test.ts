import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CUTS_PATTERN, formatCuts, LONGEST_GAP, parseCuts } from "../../../shared/media/copied-cuts.ts";

const even = (count: number, gap: number) => Array.from({ length: count }, (_, k) => k * gap);

describe("the cuts of a copied picture", () => {
  it.each<[string, readonly number[], string]>([
    ["none but the first", [0], ""],
    ["uneven ones", [0, 24, 120, 370], "AYBgD6"],
    ["two hours of even ones", even(1800, 96), "Bg*1799."],
    ["some that repeat", [0, 24, 48, 72, 96, 97], "AY*4.AB"],
  ])("%s are one short string", (_, cuts, text) => {
    expect(formatCuts(cuts)).toBe(text);
    expect(parseCuts(text)).toEqual(cuts);
  });

  it("come back from their string, whatever they are, in at most two letters each", () => {
    const gap = fc.oneof(fc.integer({ min: 1, max: LONGEST_GAP }), fc.constantFrom(1, 96, LONGEST_GAP));
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 60 }), (gaps) => {
        const cuts = [0];
        for (const next of gaps) cuts.push(cuts.at(-1)! + next);
        const text = formatCuts(cuts);
        expect(parseCuts(text)).toEqual(cuts);
        expect(text).toMatch(CUTS_PATTERN);
        expect(text.length).toBeLessThanOrEqual(2 * gaps.length);
      }),
    );
  });

  it.each(["A", "Bg*", "Bg*1799", "B!", '"'])("are not read from %j", (text) => {
    expect(text).not.toMatch(CUTS_PATTERN);
  });
});
