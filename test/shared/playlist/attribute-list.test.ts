import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAttributeList, literal, quoted } from "../../../shared/playlist/attribute-list.ts";
import { readAttributes } from "./read-playlist.ts";

describe("an attribute list", () => {
  it("prints numbers, words and strings, and leaves out what has no value", () => {
    const list = {
      BANDWIDTH: 1_000_000,
      RESOLUTION: literal("640x360"),
      NAME: quoted("a, b"),
      AUDIO: undefined,
    };
    expect(formatAttributeList(list)).toBe('BANDWIDTH=1000000,RESOLUTION=640x360,NAME="a, b"');
    expect(formatAttributeList({})).toBe("");
  });

  it.each([
    ['say "hi"', "\"say 'hi'\""],
    ["two\nlines", '"two lines"'],
    ["carriage\r\nreturn", '"carriage return"'],
    ["nul\0 and bell\u0007", '"nul  and bell "'],
    ["🎬 Ünï “x”", '"🎬 Ünï “x”"'],
    ["", '""'],
  ])("makes a quoted string of %j", (value, expected) => {
    expect(formatAttributeList({ NAME: quoted(value) })).toBe(`NAME=${expected}`);
  });

  it("reads back as written, whatever a name holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (first, second) => {
        const list = formatAttributeList({ A: quoted(first), B: literal("YES"), C: quoted(second) });
        const read = readAttributes(list);
        expect([...read.keys()]).toEqual(["A", "B", "C"]);
        expect(read.get("B")).toBe("YES");
        expect(list).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
