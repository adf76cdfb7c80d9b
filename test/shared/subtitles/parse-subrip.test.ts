import { describe, expect, it } from "vitest";
import { parseSubrip } from "../../../shared/subtitles/parse-subrip.ts";

const cue = (text: string) => parseSubrip(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`)[0]!;

describe("a SubRip file", () => {
  it("is read with any line breaks and a mark at its beginning", () => {
    const file =
      "\uFEFF1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\nTwo\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nThree";
    const expected = [
      { startMs: 1000, endMs: 2000, settings: "", text: "One\nTwo" },
      { startMs: 3000, endMs: 4000, settings: "", text: "Three" },
    ];
    expect(parseSubrip(file)).toEqual(expected);
    expect(parseSubrip(file.replaceAll("\r\n", "\n"))).toEqual(expected);
    expect(parseSubrip(file.replaceAll("\r\n", "\r"))).toEqual(expected);
  });

  it("is read where numbers are missing, cues out of order, and times oddly written", () => {
    const file = [
      "00:00:09.5 --> 00:00:10,25",
      "Late",
      "",
      "1:02:03,004-->1:02:05,006 X1:10 X2:20",
      "Far",
      "7",
      "00:01,000 --> 00:02,000",
      "Early",
      "00:00:xx,000 --> 00:00:02,000",
      "is text",
    ].join("\n");
    expect(parseSubrip(file).map(({ startMs, endMs, text }) => [startMs, endMs, text])).toEqual([
      [1000, 2000, "Early\n00:00:xx,000 --&gt; 00:00:02,000\nis text"],
      [9500, 10_250, "Late"],
      [3_723_004, 3_725_006, "Far"],
    ]);
  });

  it("keeps lines behind an empty one, and numbers that are text", () => {
    const file = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n1984\n";
    expect(parseSubrip(file).map(({ text }) => text)).toEqual(["One\n42", "1984"]);
  });

  it("has no cues that nobody would see", () => {
    const file = [
      "00:00:02,000 --> 00:00:02,000\nNever",
      "00:00:03,000 --> 00:00:01,000\nBackwards",
      "00:00:04,000 --> 00:00:05,000\n  ",
    ];
    expect(parseSubrip(file.join("\n\n"))).toEqual([]);
  });
});

describe("the text of a SubRip cue", () => {
  it.each([
    ["<i>a</i> <B>b</B> <u>c</u>", "<i>a</i> <b>b</b> <u>c</u>"],
    // WebVTT closes the innermost tag and no other.
    ["<i>a<b>b</i>c</b>", "<i>a</i><b><i>b</i></b><b>c</b>"],
    ["<i>never closed", "<i>never closed</i>"],
    ['<font color="#f00" size=3>red</font>', "red"],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ['<img src=x onerror="a()">', '&lt;img src=x onerror="a()"&gt;'],
    ["<3 & 1 > 0 --> on", "&lt;3 &amp; 1 &gt; 0 --&gt; on"],
    ["Tom &amp; Jerry &nbsp;&lt;3 &copy;", "Tom &amp; Jerry \u00A0&lt;3 &amp;copy;"],
    ["{\\i1}a{\\i0}b {keep}", "<i>a</i>b {keep}"],
    ["nul\0here", "nul\uFFFDhere"],
    ["line  \n\n  \nline", "line\nline"],
    ["{\\an8}<i></i>\ntext", "text"],
  ])("%j becomes %j", (text, expected) => {
    expect(cue(text).text).toBe(expected);
  });

  it.each([
    ["{\\an8}x", "line:0"],
    ["{\\an7}x", "line:0 align:start"],
    ["{\\an5}x", "line:50%"],
    ["{\\an3}x", "align:end"],
    ["{\\an2}x", ""],
    ["{\\a6}x", "line:0"],
    ["{\\pos(192,20)}x", "line:0"],
    ["{\\pos(10,280)}x", "align:start"],
    ["{\\an8}{\\an2}x", "line:0"],
  ])("%j stands at %j", (text, settings) => {
    expect(cue(text)).toMatchObject({ settings, text: "x" });
  });
});
