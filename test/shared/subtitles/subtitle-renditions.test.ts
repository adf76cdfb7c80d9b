import { describe, expect, it } from "vitest";
import type { SubtitleFile, SubtitleTrack } from "../../../shared/media/source-info.ts";
import { planTitle } from "../../../shared/media/title.ts";
import { subtitleGroup, subtitleGroupOf } from "../../../shared/playlist/subtitle-group.ts";
import { nameSubtitles } from "../../../shared/playlist/subtitle-names.ts";
import { subtitleRenditions, unavailableSubtitles } from "../../../shared/subtitles/subtitle-renditions.ts";
import { exampleSource } from "../media/example-source.ts";

const FLAGS = { isDefault: false, isForced: false, isHearingImpaired: false };
const track = (changes: Partial<SubtitleTrack> = {}): SubtitleTrack => ({
  ...{ streamIndex: 2, codec: "subrip", form: "text", ...FLAGS },
  ...changes,
});
const file = (changes: Partial<SubtitleFile> = {}): SubtitleFile => ({
  ...{ id: "01234567", format: "subrip", ...FLAGS },
  ...changes,
});
const sourceOf = (subtitles: readonly SubtitleTrack[], files: readonly SubtitleFile[] = []) =>
  exampleSource({ subtitles, ...(files.length > 0 && { beside: { revision: "r", subtitles: files } }) });

describe("the subtitles of a title", () => {
  it("are the text tracks of its file, by their place in it, and the files beside it", () => {
    const source = sourceOf(
      [track({ form: "image", codec: "hdmv_pgs_subtitle" }), track({ language: "eng" })],
      [file()],
    );
    expect(subtitleRenditions(source).map(({ id }) => id)).toEqual(["t1", "x01234567"]);
  });

  it("that aren't text are named with the reason why they can't be had", () => {
    const source = sourceOf([
      ...[track({ form: "image", codec: "dvb_subtitle" }), track({ form: "other", codec: "ttml" })],
      ...Array.from({ length: 65 }, () => track()),
    ]);
    expect(subtitleRenditions(source)).toHaveLength(64);
    expect(unavailableSubtitles(source).map(({ reason }) => reason)).toEqual([
      "These subtitles are pictures of text, which can't be offered as text yet.",
      "Subtitles of the kind ttml can't be read yet.",
      "A title has 64 tracks of subtitles at most.",
    ]);
  });

  it("are shown unasked where a file's name says so, or a track is forced and default: one of them", () => {
    const defaults = (...args: Parameters<typeof sourceOf>) =>
      subtitleRenditions(sourceOf(...args)).map(({ isDefault }) => isDefault);
    // Matroska has it so where nobody says otherwise.
    expect(defaults([track({ isDefault: true })])).toEqual([false]);
    expect(defaults([track({ isDefault: true }), track({ isDefault: true, isForced: true })])).toEqual([
      false,
      true,
    ]);
    expect(defaults([track({ isDefault: true, isForced: true })], [file({ isDefault: true })])).toEqual([
      false,
      true,
    ]);
  });

  it("have names of their own", () => {
    const tracks = [
      ...[
        track(),
        track({ language: "eng" }),
        track({ language: "eng" }),
        track({ language: "fre", isForced: true }),
      ],
      ...[
        track({ language: "eng", isHearingImpaired: true }),
        track({ title: 'A "title"', language: "eng" }),
      ],
      track({ language: "x!" }),
    ];
    expect(nameSubtitles(subtitleRenditions(sourceOf(tracks))).map(({ name }) => name)).toEqual([
      ...[
        "Subtitles 1",
        "English",
        "English (2)",
        "French (forced)",
        "English (SDH)",
        "A 'title'",
        "Subtitles 7",
      ],
    ]);
  });
});

describe("in the multivariant playlist", () => {
  it("subtitles are a group, whose playlists carry the token", async () => {
    const source = sourceOf(
      [],
      [file({ language: "pt-BR", isForced: true, isDefault: true, isHearingImpaired: true })],
    );
    const title = await planTitle(source, { segmentSeconds: 4 });
    expect(subtitleGroup(title, "?token=t")).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Portuguese (forced) (SDH)",LANGUAGE="pt-BR",DEFAULT=YES,' +
        'AUTOSELECT=YES,FORCED=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,' +
        `public.accessibility.describes-music-and-sound",URI="${title.key}/x01234567/index.m3u8?token=t"`,
    ]);
    expect(subtitleGroupOf(title)).toEqual({ quoted: "subtitles" });
  });

  it("a title without any has no group", async () => {
    const title = await planTitle(sourceOf([track({ form: "image" })]), { segmentSeconds: 4 });
    expect(subtitleGroup(title, "")).toEqual([]);
    expect(subtitleGroupOf(title)).toBeUndefined();
  });
});

it("what lies beside a film is no part of its title's key", async () => {
  const options = { segmentSeconds: 4 };
  const [without, beside] = await Promise.all([
    planTitle(sourceOf([]), options),
    planTitle(sourceOf([], [file()]), options),
  ]);
  expect(beside.key).toBe(without.key);
});
