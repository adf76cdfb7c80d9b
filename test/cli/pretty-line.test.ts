import { describe, expect, it } from "vitest";
import { prettyLine } from "../../cli/pretty-line.ts";

const event = (fields: object, level = 40) =>
  `${JSON.stringify({ level, time: "2026-11-26T12:30:01.250Z", ...fields, msg: "job failed" })}\n`;

describe("a line of the log for people", () => {
  it("has time, level, what happened and its fields", () => {
    const line = event({ worker: "w1", title: "series/one.mkv", segment: "v720/3", token: 17 });
    expect(prettyLine(line, false)).toBe(
      "12:30:01.250 WARN  job failed worker=w1 title=series/one.mkv segment=v720/3 token=17\n",
    );
  });

  it("quotes what has spaces, and keeps a stack on the line", () => {
    const line = event({ title: "one two.mkv", error: "Error: it\n    at there" }, 50);
    expect(prettyLine(line, false)).toBe(
      '12:30:01.250 ERROR job failed title="one two.mkv" error="Error: it\\n    at there"\n',
    );
  });

  it("lets no name of a file speak to the terminal", () => {
    const name = "a\x1b[2Jb\x9b2Jc\x7f";
    expect(prettyLine(event({ title: name, names: [name] }), false)).toBe(
      String.raw`12:30:01.250 WARN  job failed title="a\u001b[2Jb\u009b2Jc\u007f" names=["a\u001b[2Jb\u009b2Jc\u007f"]${"\n"}`,
    );
  });

  it("colours levels where a terminal shows them", () => {
    expect(prettyLine(event({}), true)).toContain("\x1b[33mWARN \x1b[0m");
    expect(prettyLine(event({}, 30), true)).toContain("\x1b[32mINFO \x1b[0m");
  });

  it("leaves what is no event as it is", () => {
    expect(prettyLine("FATAL: not JSON\n", true)).toBe("FATAL: not JSON\n");
  });
});
