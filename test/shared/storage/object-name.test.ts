import { expect, it } from "vitest";
import { sourceInfoObject, titleObject } from "../../../shared/storage/object-name.ts";

it("objects lie in folders by the first byte of their key, so that no folder grows long", () => {
  expect(titleObject("ab".repeat(16), "v720", "12.m4s")).toBe(`titles/ab/${"ab".repeat(16)}/v720/12.m4s`);
  expect(sourceInfoObject("cd".repeat(16))).toBe(`sources/3/cd/${"cd".repeat(16)}.json`);
});

it("objects of different titles, renditions and names never meet", () => {
  const names = ["aa".repeat(16), "ab".repeat(16)].flatMap((key) =>
    ["v720", "a0"].flatMap((rendition) =>
      ["init.mp4", "0.m4s"].map((name) => titleObject(key, rendition, name)),
    ),
  );
  expect(new Set(names).size).toBe(8);
});
