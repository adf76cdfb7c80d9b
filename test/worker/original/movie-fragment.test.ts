import { expect, it } from "vitest";
import { childBox, readBoxes } from "../../../worker/fragment/boxes.ts";
import { readSampleTable } from "../../../worker/fragment/sample-table.ts";
import { movieFragment } from "../../../worker/original/movie-fragment.ts";

it("a fragment says of each packet when it is decoded and shown, how large it is, and where decoding may begin", () => {
  const sample = (decodeTime: number, presentationTime: number, size: number, isSync = false) => ({
    ...{ decodeTime, presentationTime, size, isSync },
  });
  const decodeTime = 2 ** 40;
  const samples = [
    sample(decodeTime, decodeTime + 80, 3, true),
    sample(decodeTime + 40, decodeTime + 160, 2),
    sample(decodeTime + 81, decodeTime + 120, 1),
  ];
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const [moof, mdat] = readBoxes(movieFragment(7, samples, decodeTime + 120, data));
  expect(readSampleTable(moof!)).toEqual({
    ...{ decodeTime, sampleCount: 3, size: 6, syncSamples: [0], sampleDurations: new Set([40, 41, 39]) },
    presentationTimes: [80, 160, 120].map((later) => decodeTime + later),
  });
  expect([...mdat!.body]).toEqual([...data]);
  const fragment = readBoxes(moof!.body);
  expect(childBox(fragment, "mfhd").body.readUInt32BE(4)).toBe(7);
  // The data begins where the run says, counted from the fragment's first byte.
  const run = childBox(readBoxes(childBox(fragment, "traf").body), "trun").body;
  expect(run.readUInt32BE(8)).toBe(moof!.bytes.length + 8);
});
