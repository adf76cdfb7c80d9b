import fc from "fast-check";
import type { Cue } from "../../../shared/subtitles/cue.ts";

/** Cues of a film of a quarter of an hour, in no order. */
export const cues: fc.Arbitrary<Cue[]> = fc
  .array(
    fc.record({
      startMs: fc.nat(900_000),
      length: fc.integer({ min: 1, max: 60_000 }),
      settings: fc.constantFrom("", "line:0", "line:50% align:start"),
      text: fc.constantFrom("One", "<i>Two</i>\nlines", "&amp; <b>three</b>", "quatre é"),
    }),
    { maxLength: 40 },
  )
  .map((some) => some.map(({ startMs, length, ...rest }) => ({ startMs, endMs: startMs + length, ...rest })));
