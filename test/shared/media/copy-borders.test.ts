import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyBorders } from "../../../shared/media/copy-borders.ts";

const SECOND = 1000;
const at = (...seconds: number[]) => seconds.map((second) => second * SECOND);

describe("borders of a copied picture", () => {
  it.each([
    [
      "a keyframe every second: short first, then as wished",
      everySecond(20),
      20,
      [0, 1, 2, 4, 8, 12, 16, 20],
    ],
    ["a keyframe every two seconds", [0, 2, 4, 6, 8, 10, 12], 14, [0, 2, 4, 6, 10, 14]],
    ["keyframes ten seconds apart are all that there is", [0, 10, 20], 30, [0, 10, 20, 30]],
    ["a keyframe right after another is passed over", [0, 4, 4.25, 9], 13, [0, 4, 9, 13]],
    ["one keyframe: one segment", [0], 8, [0, 8]],
    ["a short rest stays with the segment before it", [0, 4, 8], 8.5, [0, 4, 8.5]],
    ["a keyframe a little late is near enough", [0, 1, 2, 4, 8.1, 12], 16, [0, 1, 2, 4, 8.1, 12, 16]],
  ])("%s", (_, keyframes, end, borders) => {
    expect(copyBorders(at(...keyframes), end * SECOND, 4 * SECOND, SECOND)).toEqual(at(...borders));
  });

  it("are keyframes, each once and in order, from zero to the end, wherever keyframes lie", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 15_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 12 }),
        (gaps, rest, wish) => {
          const keyframes = [0];
          for (const gap of gaps) keyframes.push(keyframes.at(-1)! + gap);
          const end = keyframes.at(-1)! + rest;
          const borders = copyBorders(keyframes, end, wish * SECOND, SECOND);
          expect(borders[0]).toBe(0);
          expect(borders.at(-1)).toBe(end);
          expect(borders.toSorted((a, b) => a - b)).toEqual(borders);
          expect(new Set(borders).size).toBe(borders.length);
          for (const border of borders.slice(0, -1)) expect(keyframes).toContain(border);
          // No segment is longer than wished where a keyframe would have made it shorter, unless by next to nothing.
          for (const [k, border] of borders.slice(1, -1).entries()) {
            const inside = keyframes.filter((time) => time >= borders[k]! + SECOND / 2 && time < border);
            if (border - borders[k]! > 1.05 * wish * SECOND) expect(inside).toEqual([]);
          }
        },
      ),
    );
  });
});

function everySecond(count: number): number[] {
  return Array.from({ length: count }, (_, second) => second);
}
