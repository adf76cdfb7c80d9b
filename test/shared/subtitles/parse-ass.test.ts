import { describe, expect, it } from "vitest";
import { parseAss } from "../../../shared/subtitles/parse-ass.ts";

const script = (text: string, style = "Default") => `[Script Info]
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Bold, Italic, Underline, Alignment
Style: Default,Arial,0,0,0,2
Style: Thought,Arial,0,-1,0,2
Style: Sign,Arial,-1,0,0,9

[Events]
Format: Layer, Start, End, Style, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,not shown
Dialogue: 0,0:00:01.05,0:00:02.50,${style},${text}
`;
const cue = (text: string, style?: string) => parseAss(script(text, style))[0];

describe("an ASS script", () => {
  it.each([
    ["Yes, commas\\Nand lines\\hhere", "Yes, commas\nand lines\u00A0here"],
    ["{\\i1}a{\\b1}b{\\r}c", "<i>a</i><b><i>b</i></b>c"],
    ["{\\b700}heavy{\\b400} light", "<b>heavy</b> light"],
    ["{\\blur3\\bord2\\be1\\c&HFF&\\fs20\\k50}plain", "plain"],
    ["{a comment}text <i>as it is</i> &amp;", "text &lt;i&gt;as it is&lt;/i&gt; &amp;amp;"],
    ["{\\p1}m 0 0 l 1 1{\\p0}after", "after"],
    ["{unclosed", "{unclosed"],
  ])("has the text %j as %j", (text, expected) => {
    expect(cue(text)).toEqual({ startMs: 1050, endMs: 2500, settings: "", text: expected });
  });

  it("gives cues the look and place of their style, and their own before it", () => {
    expect(cue("hm", "Thought")).toMatchObject({ settings: "", text: "<i>hm</i>" });
    expect(cue("{\\i0}hm{\\r}!", "Thought")).toMatchObject({ text: "hm<i>!</i>" });
    expect(cue("EXIT", "Sign")).toMatchObject({ settings: "line:0 align:end", text: "<b>EXIT</b>" });
    expect(cue("{\\an4}EXIT", "Sign")).toMatchObject({ settings: "line:50% align:start" });
    expect(cue("{\\pos(320,350)}EXIT", "Sign")).toMatchObject({ settings: "" });
    expect(cue("x", "no such style")).toMatchObject({ settings: "", text: "x" });
  });

  it("has drawings for nobody to read", () => {
    expect(cue("{\\p1}m 0 0 l 1 1")).toBeUndefined();
  });

  it("in SSA numbers places otherwise", () => {
    const ssa = `[V4 Styles]
Format: Name, Italic, Alignment
Style: Top,0,6

[Events]
Format: Marked, Start, End, Style, Text
Dialogue: Marked=0,0:00:01.00,0:00:02.00,Top,x
`;
    expect(parseAss(ssa)).toEqual([{ startMs: 1000, endMs: 2000, settings: "line:0", text: "x" }]);
  });
});
