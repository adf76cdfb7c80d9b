import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mediaSegmentName, parseMediaSegmentName } from "../../../shared/media/segment-name.ts";

describe("the name of a media segment", () => {
  it("is read back as its index", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (index) => {
        expect(parseMediaSegmentName(mediaSegmentName(index))).toBe(index);
      }),
    );
  });

  it.each([
    "01.m4s",
    "-1.m4s",
    "+1.m4s",
    "1.5.m4s",
    "1e3.m4s",
    "1.m4s ",
    "1.m4s\n",
    " 1.m4s",
    ".m4s",
    "1.M4S",
    "1.mp4",
    "1m4s",
    "init.mp4",
    "1234567890.m4s",
    "٣.m4s",
    "",
  ])("is not %j", (name) => {
    expect(parseMediaSegmentName(name)).toBeUndefined();
  });
});
