import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AudioTrack } from "../../../shared/media/source-info.ts";
import { formatAttributeList, quoted } from "../../../shared/playlist/attribute-list.ts";
import { nameAudio } from "../../../shared/playlist/audio-names.ts";
import { exampleAudio } from "../media/example-source.ts";

const named = (...tracks: Partial<AudioTrack>[]) => nameAudio(tracks.map((track) => exampleAudio(track)));

describe("the name of a sound track", () => {
  it("is its title, else its language, else its number", () => {
    expect(named({ title: "Commentary", language: "eng" }, { language: "ger" }, {})).toEqual([
      { name: "Commentary", language: "en" },
      { name: "German", language: "de" },
      { name: "Audio 3" },
    ]);
  });

  it("is told apart from equal ones", () => {
    expect(
      named({ language: "eng" }, { language: "eng" }, { title: "English" }, {}).map(({ name }) => name),
    ).toEqual(["English", "English (2)", "English (3)", "Audio 4"]);
    expect(named({ title: "A (2)" }, { title: "A" }, { title: "A" }).map(({ name }) => name)).toEqual([
      "A (2)",
      "A",
      "A (3)",
    ]);
  });

  it("is not blank", () => {
    expect(named({ title: "   " }, { title: "\n\t" })).toEqual([{ name: "Audio 1" }, { name: "Audio 2" }]);
  });

  it.each([
    ["ger", "de"],
    ["deu", "de"],
    ["eng", "en"],
    ["fre", "fr"],
    ["fra", "fr"],
    ["jpn", "ja"],
    ["chi", "zh"],
    ["en", "en"],
    ["pt-br", "pt-BR"],
    ["en_US", "en-US"],
    ["gsw", "gsw"],
  ])("has for %s the BCP 47 tag %s", (code, tag) => {
    expect(named({ language: code })[0]!.language).toBe(tag);
  });

  it.each([
    ...[
      ["alb", "sq"],
      ["arm", "hy"],
      ["baq", "eu"],
      ["bur", "my"],
      ["chi", "zh"],
      ["cze", "cs"],
      ["dut", "nl"],
    ],
    ...[
      ["fre", "fr"],
      ["geo", "ka"],
      ["ger", "de"],
      ["gre", "el"],
      ["ice", "is"],
      ["mac", "mk"],
      ["mao", "mi"],
    ],
    ...[
      ["may", "ms"],
      ["per", "fa"],
      ["rum", "ro"],
      ["slo", "sk"],
      ["tib", "bo"],
      ["wel", "cy"],
    ],
  ] as const)("has for the bibliographic code %s of ISO 639-2 the tag %s", (code, tag) => {
    expect(named({ language: code })[0]!.language).toBe(tag);
  });

  it("says of several languages, and of none, what they are, and nothing of an unknown one", () => {
    expect(named({ language: "mul" }, { language: "zxx" }, { language: "mis" }, { language: "und" })).toEqual(
      [
        { name: "Multiple languages", language: "mul" },
        { name: "No linguistic content", language: "zxx" },
        { name: "Audio 3" },
        { name: "Audio 4" },
      ],
    );
    expect(named({ language: "qaa" })).toEqual([{ name: "Audio 1", language: "qaa" }]);
  });

  it("says that it is a commentary, once", () => {
    const tracks = [
      { title: "With the director" },
      { title: "Director's Commentary" },
      { title: "Audiokommentar" },
    ];
    expect(
      named(...tracks.map((track) => ({ ...track, isCommentary: true }))).map(({ name }) => name),
    ).toEqual(["With the director (commentary)", "Director's Commentary", "Audiokommentar"]);
  });

  it.each(["???", "123", "a", "e n", "", "-", "en-", "toolongtobeone", "日本語"])(
    "has no language where the file says “%s”",
    (language) => {
      expect(named({ language })).toEqual([{ name: "Audio 1" }]);
    },
  );

  it.each(["de-u-co-phonebk", "en-x-director", "zh-Hant-TW-u-ca-roc", "en-t-de"])(
    "is found for the odd tag %s too",
    (language) => {
      expect(named({ language })[0]!.name).toMatch(/\S/);
    },
  );

  it("is unique as players see it, for any titles and languages", () => {
    const odd = fc.oneof(
      fc.constantFrom('a"b', "a'b", "a b", "a\nb", "a\tb", "A", "A ", "A (2)"),
      fc.string(),
    );
    const track = fc.record({
      title: fc.option(odd, { nil: undefined }),
      language: fc.option(
        fc.oneof(fc.constantFrom("eng", "ger", "en-x-y", "mul", "zxx"), fc.string({ maxLength: 9 })),
        {
          nil: undefined,
        },
      ),
    });
    fc.assert(
      fc.property(fc.array(track, { maxLength: 6 }), (tracks) => {
        const given = tracks.map(({ title, language }) =>
          exampleAudio({
            ...(title !== undefined && { title }),
            ...(language !== undefined && { language }),
          }),
        );
        const printed = nameAudio(given).map(({ name }) => formatAttributeList({ NAME: quoted(name) }));
        expect(new Set(printed).size).toBe(tracks.length);
      }),
      { numRuns: 1000 },
    );
  });
});
