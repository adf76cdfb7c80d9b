import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchSidecars } from "../../../shared/subtitles/sidecar-name.ts";

const match = (film: string, ...names: string[]) =>
  matchSidecars(film, [film, ...names]).map(
    ({ file, name: { isDefault, isForced, isHearingImpaired, ...rest } }) => [
      file,
      rest,
      [isDefault && "default", isForced && "forced", isHearingImpaired && "SDH"].filter(Boolean).join(),
    ],
  );

describe("a file beside a film", () => {
  it.each([
    ["film.srt", { format: "subrip" }, ""],
    ["film.en.srt", { format: "subrip", language: "en" }, ""],
    ["film.ENG.SRT", { format: "subrip", language: "en" }, ""],
    ["Film.de.ssa", { format: "ass", language: "de" }, ""],
    ["film.fr.forced.vtt", { format: "webvtt", language: "fr" }, "forced"],
    ["film.forced.fr.vtt", { format: "webvtt", language: "fr" }, "forced"],
    ["film.pt-BR.ass", { format: "ass", language: "pt-BR" }, ""],
    ["film.pt_br.ass", { format: "ass", language: "pt-BR" }, ""],
    ["film.zh-Hant.srt", { format: "subrip", language: "zh-Hant" }, ""],
    ["film.en.sdh.default.srt", { format: "subrip", language: "en" }, "default,SDH"],
    ["film.en.cc.srt", { format: "subrip", language: "en" }, "SDH"],
    ["film.en.hi.srt", { format: "subrip", language: "en" }, "SDH"],
    ["film.hi.srt", { format: "subrip", language: "hi" }, ""],
    ["film.hi.forced.srt", { format: "subrip", language: "hi" }, "forced"],
    ["film.en.Director's cut.srt", { format: "subrip", language: "en", title: "Director's cut" }, ""],
    ["film.Director's cut.en.srt", { format: "subrip", language: "en", title: "Director's cut" }, ""],
    ["film.2.srt", { format: "subrip", title: "2" }, ""],
  ])("%s is its subtitles", (file, name, flags) => {
    expect(match("film.mkv", file)).toEqual([[file, name, flags]]);
  });

  it.each([
    "film.txt",
    "film",
    "film.srt.bak",
    "films.srt",
    "other.en.srt",
    "film2.srt",
    "film en.srt",
    ".srt",
  ])("%s is not", (file) => {
    expect(match("film.mkv", file)).toEqual([]);
  });

  it("that fits a film with a longer name is that one's", () => {
    const names = ["film.2.mkv", "film.2.en.srt", "film.en.srt", "film.en.jpg", "film.nfo"];
    expect(match("film.mkv", ...names).map(([file]) => file)).toEqual(["film.en.srt"]);
    expect(match("film.2.mkv", "film.mkv", ...names.slice(1)).map(([file]) => file)).toEqual([
      "film.2.en.srt",
    ]);
  });

  it("is known by either form of its letters", () => {
    const [found] = match("é.mkv".normalize("NFC"), "é.fr.srt".normalize("NFD"));
    expect(found?.[1]).toMatchObject({ language: "fr" });
  });

  it("may have any name at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.string({ unit: "binary" })), (film, names) => {
        const suffixed = names.map((name) => `${film}${name}.srt`);
        for (const { file } of matchSidecars(film, suffixed)) expect(suffixed).toContain(file);
      }),
    );
  });
});
