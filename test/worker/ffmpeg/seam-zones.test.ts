import { expect, it } from "vitest";
import { seamZones } from "../../../worker/ffmpeg/seam-zones.ts";

it("the first frame and the last four have zones of their own, as far as a segment has both", () => {
  expect(seamZones(96)).toBe("zones=0,0,b=1.4/92,93,b=1.1/94,94,b=1.25/95,95,b=1.6");
  expect(seamZones(12)).toBe("zones=0,0,b=1.4/8,9,b=1.1/10,10,b=1.25/11,11,b=1.6");
  for (const frames of [11, 4, 1]) expect(seamZones(frames)).toBe("zones=0,0,b=1.4");
});
