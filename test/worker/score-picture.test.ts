import { expect, it } from "vitest";
import { GOOD_SCORE, scorePicture } from "../../worker/assets/score-picture.ts";

const pixels = (at: (k: number) => number) => Uint8Array.from({ length: 1024 }, (_, k) => at(k));

it("a picture with light and shade is good enough at once", () => {
  expect(scorePicture(pixels((k) => (k * 37) % 256))).toBeGreaterThan(GOOD_SCORE);
});

it("black, white and grey have nothing to see on them", () => {
  for (const value of [0, 16, 128, 235, 255]) expect(scorePicture(pixels(() => value))).toBe(0);
  expect(scorePicture(new Uint8Array())).toBe(0);
});

it("of a few white letters on black and a dull landscape, the landscape is better", () => {
  const title = scorePicture(pixels((k) => (k % 50 === 0 ? 255 : 2)));
  const landscape = scorePicture(pixels((k) => 90 + (k % 64)));
  expect(landscape).toBeGreaterThan(title);
  expect(title).toBeLessThan(GOOD_SCORE);
});
