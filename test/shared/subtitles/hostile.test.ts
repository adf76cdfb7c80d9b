import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatWebvtt } from "../../../shared/subtitles/format-webvtt.ts";
import { parseAss } from "../../../shared/subtitles/parse-ass.ts";
import { parseSubrip } from "../../../shared/subtitles/parse-subrip.ts";
import { parseWebvtt } from "../../../shared/subtitles/parse-webvtt.ts";

const PARSERS = { parseSubrip, parseWebvtt, parseAss };
const TIMES = "00:00:01,000 --> 00:00:02,000";
const pieces = fc.oneof(
  fc.constantFrom(
    TIMES,
    "00:00:00.000 --> 99:99:99.999 line:0",
    "-->",
    "\n",
    "\n\n",
    "\r",
    "\0",
    "\uFEFF",
    "1",
  ),
  fc.constantFrom(
    "<i>",
    "</i>",
    "<",
    ">",
    "&",
    "{",
    "}",
    "{\\p1}",
    "{\\an8}",
    "\\N",
    "<font",
    "WEBVTT\n\n",
    "NOTE ",
  ),
  fc.constantFrom(
    "[Events]\n",
    "Format: Start, End, Text\n",
    "Dialogue: 0:00:01.00,0:00:02.00,",
    "Format:",
    "Style: a,b",
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const files = fc.array(pieces, { maxLength: 60 }).map((some) => some.join(""));

describe.each(Object.entries(PARSERS))("%s", (_, parse) => {
  it("makes of any text cues that are read back as they are", () => {
    fc.assert(
      fc.property(files, (file) => {
        const cues = parse(file);
        expect(parseWebvtt(formatWebvtt(cues))).toEqual(cues);
        for (const { startMs, endMs } of cues) expect(startMs).toBeLessThan(endMs);
      }),
      { numRuns: 2000, examples: [[`${TIMES}\n\n\0\uFEFF\\N`], [`${TIMES}\n\0\u00A0\\N`]] },
    );
  });

  it.each([
    ["a line of ten million letters", `${TIMES}\n${"a".repeat(1e7)}`],
    ["braces that never close", `${TIMES}\n${"{\\".repeat(1e6)}`],
    ["tags that never close", `${TIMES}\n${"<font ".repeat(1e6)}`],
    ["nothing but spaces", `${TIMES}${" ".repeat(1e7)}`],
    ["nothing but arrows", "-->".repeat(1e6)],
    ["empty lines", "\n".repeat(1e6)],
    ["a field list without end", `[Events]\nFormat: ${"Text,".repeat(1e5)}\nDialogue: ${",".repeat(1e6)}`],
  ])("bears %s", (_, file) => {
    const cues = parse(file);
    for (const { text } of cues) expect(text.length).toBeLessThan(20_000);
  });

  it("reads no more cues than a film has", () => {
    const ass = `[Events]\nFormat: Start, End, Text\n${"Dialogue: 0:00:01.00,0:00:02.00,x\n".repeat(60_000)}`;
    const other = `${TIMES.replaceAll(",", ".")}\nx\n\n`.repeat(60_000);
    expect(parse(parse === parseAss ? ass : other)).toHaveLength(50_000);
  });
});
