import fc from "fast-check";
import { expect, it } from "vitest";
import { toLengthPrefixed } from "../../../worker/original/annex-b.ts";

it("NAL units behind start codes of three and four bytes come to stand behind their lengths", () => {
  const data = Uint8Array.of(0, 0, 0, 1, 9, 16, 0, 0, 1, 65, 7, 0, 0, 3, 1, 0, 0, 0, 1, 1, 2, 0, 0);
  expect([...toLengthPrefixed(data)]).toEqual([
    ...[0, 0, 0, 2, 9, 16],
    ...[0, 0, 0, 6, 65, 7, 0, 0, 3, 1],
    ...[0, 0, 0, 2, 1, 2],
  ]);
});

it("every byte of every unit stays, whatever is in it", () => {
  // What an encoder writes: no start code inside a unit, and no zero at its end.
  const unit = fc
    .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 40 })
    .map((bytes) => [
      ...bytes.map((byte, k) => (k > 1 && byte < 4 && !bytes[k - 1] && !bytes[k - 2] ? 4 : byte)),
      128,
    ]);
  const startCode = fc.constantFrom([0, 0, 1], [0, 0, 0, 1]);
  fc.assert(
    fc.property(fc.array(fc.tuple(startCode, unit), { maxLength: 8 }), (units) => {
      const data = Uint8Array.from(units.flatMap(([code, bytes]) => [...code, ...bytes]));
      const expected = units.flatMap(([, bytes]) => [0, 0, 0, bytes.length, ...bytes]);
      expect([...toLengthPrefixed(data)]).toEqual(expected);
    }),
  );
});
