import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bordersAtCuts } from "../../../shared/media/borders-at-cuts.ts";
import { rational, toNumber } from "../../../shared/rational.ts";

const PER_SECOND = 24;
const frames = (...seconds: number[]) => seconds.map((second) => second * PER_SECOND);

describe("borders where some are given", () => {
  it.each<[string, number[], number, number[]]>([
    ["a keyframe every four seconds", [0, 4, 8, 12], 16, [0, 1, 2, 4, 8, 12, 16]],
    ["every two", [0, 2, 4, 6, 10], 14, [0, 1, 2, 4, 6, 10, 14]],
    ["every nine", [0, 9, 18], 27, [0, 1, 2, 4, 9, 13.5, 18, 22.5, 27]],
    ["every twelve", [0, 12], 24, [0, 1, 2, 4, 8, 12, 16, 20, 24]],
    ["six seconds stay whole", [0, 4, 10], 14, [0, 1, 2, 4, 10, 14]],
    ["a first one of a second and a quarter", [0, 1.25, 5], 9, [0, 0.625, 1.25, 3.25, 5, 9]],
    ["a first one a little late", [0, 25 / 24, 5], 9, [0, 25 / 24, 49 / 24, 84 / 24, 5, 9]],
    ["what is left of the short start is no crumb", [0, 4.25], 8.25, [0, 1, 2, 3.125, 4.25, 8.25]],
    ["no keyframe but the first", [0], 9, [0, 1, 2, 4, 9]],
    ["a film of half a second", [0], 0.5, [0, 0.5]],
  ])("%s", (_, cuts, end, borders) => {
    const [last] = frames(end) as [number];
    expect(bordersAtCuts(frames(...cuts), last, rational(PER_SECOND), 4)).toEqual(frames(...borders));
  });

  it("have all of those among them, begin with a second, and lie neither far apart nor very near", () => {
    const rate = fc.constantFrom(rational(24000, 1001), rational(25), rational(60), rational(10));
    const gaps = fc.array(fc.double({ min: 0.5, max: 12, noNaN: true }), { maxLength: 40 });
    const rest = fc.double({ min: 0.5, max: 12, noNaN: true });
    fc.assert(
      fc.property(rate, gaps, rest, fc.integer({ min: 2, max: 10 }), (rate, gaps, rest, segmentSeconds) => {
        const perSecond = toNumber(rate);
        const cuts = [0];
        for (const gap of gaps) cuts.push(cuts.at(-1)! + Math.ceil(gap * perSecond));
        const end = cuts.at(-1)! + Math.ceil(rest * perSecond);
        const borders = bordersAtCuts(cuts, end, rate, segmentSeconds);
        for (const cut of cuts) expect(borders).toContain(cut);
        expect([borders[0], borders.at(-1)]).toEqual([0, end]);
        const lengths = borders.slice(1).map((border, k) => border - borders[k]!);
        expect(Math.min(...lengths)).toBeGreaterThanOrEqual(Math.floor(perSecond / 2));
        expect(Math.max(...lengths)).toBeLessThanOrEqual(1.5 * segmentSeconds * perSecond + 1);
        expect(lengths[0]).toBeLessThanOrEqual(1.1 * perSecond + 1);
      }),
    );
  });
});
