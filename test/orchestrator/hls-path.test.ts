import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multivariantPlaylistUrl, parseHlsPath, titleUrl } from "../../orchestrator/hls-path.ts";

const KEY = "0123456789abcdef0123456789abcdef";

/** As the route reads it: what a URL parser leaves of it, after `/hls/`. */
const afterPrefix = (url: string) => new URL(url, "http://host").pathname.slice("/hls/".length);

const pieces = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom(
      "master.m3u8",
      "%2e%2e",
      "...",
      "a b",
      "ä?#&=+%",
      "🎬",
      "\\",
      "-x",
      "'\"",
      KEY,
      "v720",
      "\n",
      "C:",
      "%",
    ),
  )
  // Names that a file can have, as well-formed text.
  .filter((name) => name !== "." && name !== ".." && !/[/\0]/.test(name) && !/\p{Cs}/u.test(name));
const paths = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((names) => names.join("/"));

describe("the URL of a title", () => {
  it("escapes each part of its path", () => {
    expect(multivariantPlaylistUrl("films/a b?.mp4")).toBe("/hls/films/a%20b%3F.mp4/master.m3u8");
  });

  it("is read back as its path, for any name that a file can have", () => {
    fc.assert(
      fc.property(paths, (path) => {
        const asked = parseHlsPath(afterPrefix(multivariantPlaylistUrl(path)));
        expect(asked).toEqual({ kind: "multivariant-playlist", path, isForAll: true });
        const all = parseHlsPath(afterPrefix(titleUrl(path, "all.m3u8")));
        expect(all).toEqual({ kind: "multivariant-playlist", path, isForAll: false });
      }),
      { numRuns: 1000 },
    );
  });

  it("leads to its media playlists and segments through relative links", () => {
    fc.assert(
      fc.property(paths, fc.constantFrom("v720", "a0", "v4320"), fc.nat(9999), (path, rendition, index) => {
        const master = new URL(multivariantPlaylistUrl(path), "http://host");
        const playlist = new URL(`${KEY}/${rendition}/index.m3u8`, master);
        const common = { path, titleKey: KEY, rendition };
        const media = { kind: "media-playlist", isLong: false, ...common };
        expect(parseHlsPath(afterPrefix(playlist.href))).toEqual(media);
        const long = new URL("long.m3u8", playlist);
        expect(parseHlsPath(afterPrefix(long.href))).toEqual({ ...media, isLong: true });
        const init = new URL("init.mp4", playlist);
        expect(parseHlsPath(afterPrefix(init.href))).toEqual({ kind: "init-segment", ...common });
        const segment = new URL(`${index}.m4s`, playlist);
        expect(parseHlsPath(afterPrefix(segment.href))).toEqual({ kind: "media-segment", index, ...common });
      }),
      { numRuns: 500 },
    );
  });

  it("leads to its subtitles, its chapters and its description", () => {
    fc.assert(
      fc.property(
        paths,
        fc.constantFrom("t0", "t12", "x0123abcd"),
        fc.nat(9999),
        (path, rendition, index) => {
          const master = new URL(multivariantPlaylistUrl(path), "http://host");
          const ask = (relative: string) => parseHlsPath(afterPrefix(new URL(relative, master).href));
          const common = { kind: "subtitles", path, titleKey: KEY, rendition };
          const name = (kind: string) => ({ ...common, name: { kind } });
          expect(ask(`${KEY}/${rendition}/index.m3u8`)).toEqual(name("playlist"));
          expect(ask(`${KEY}/${rendition}/subtitles.vtt`)).toEqual(name("whole"));
          const segment = { ...common, name: { kind: "segment", index } };
          expect(ask(`${KEY}/${rendition}/${index}.vtt`)).toEqual(segment);
          expect(ask(`${KEY}/chapters.vtt`)).toEqual({
            kind: "chapters",
            path,
            titleKey: KEY,
            name: "chapters.vtt",
          });
          expect(ask("title.json")).toEqual({ kind: "description", path });
          for (const other of ["init.mp4", "0.m4s", "01.vtt", "cues.vtt"])
            expect(ask(`${KEY}/${rendition}/${other}`)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a title's pictures are asked for by", () => {
  it.each([
    ["films/a.mp4/poster.jpg", { kind: "poster", path: "films/a.mp4" }],
    ["films/a%20b.mp4/screenshot", { kind: "screenshot", path: "films/a b.mp4" }],
    [`films/a.mp4/${KEY}/sprites/index.vtt`, { kind: "sprite-cues", path: "films/a.mp4", titleKey: KEY }],
    [
      `films/a.mp4/${KEY}/sprites/index.m3u8`,
      { kind: "sprite-playlist", path: "films/a.mp4", titleKey: KEY },
    ],
    [
      `films/a.mp4/${KEY}/sprites/12.jpg`,
      { kind: "sprite-sheet", path: "films/a.mp4", titleKey: KEY, sheet: 12 },
    ],
    ["a/screenshot/poster.jpg", { kind: "poster", path: "a/screenshot" }],
  ])("%j", (encoded, asked) => {
    expect(parseHlsPath(encoded)).toEqual(asked);
  });
});

describe("no title is asked for by", () => {
  it.each([
    "",
    "master.m3u8",
    "/master.m3u8",
    "a.mp4",
    "a.mp4/",
    "a.mp4/master.m3u8/",
    "a.mp4/Master.m3u8",
    "a.mp4/index.m3u8",
    "../master.m3u8",
    "../etc/passwd/master.m3u8",
    "a/../../b/master.m3u8",
    "%2e%2e/etc/master.m3u8",
    "%2E%2E/master.m3u8",
    ".%2e/master.m3u8",
    "./a/master.m3u8",
    "a//b/master.m3u8",
    "..%2fetc/master.m3u8",
    "%2fetc%2fpasswd/master.m3u8",
    "a%00.mp4/master.m3u8",
    "a%/master.m3u8",
    "a%zz/master.m3u8",
    "%c3%28/master.m3u8",
    "%ff/master.m3u8",
    "poster.jpg",
    "../screenshot",
    `a/${KEY}/sprites/01.jpg`,
    `a/${KEY}/sprites/0.webp`,
    `a/${KEY}/sprites/0.m4s`,
    `a/${KEY.slice(1)}/sprites/0.jpg`,
    `a/${KEY}/v720/01.m4s`,
    `a/${KEY}/v720/-1.m4s`,
    `a/${KEY}/v720/1.ts`,
    `a/${KEY}/v720/1.vtt`,
    `a/${KEY}/x0123abc/1.vtt`,
    `a/${KEY}/chapters.txt`,
    `${KEY}/chapters.json`,
    "title.json",
    `a/${KEY}/v720/init.mp4/x`,
    `a/${KEY}/x720/1.m4s`,
    `a/${KEY}/v72000/1.m4s`,
    `a/${KEY}/v/1.m4s`,
    `a/${KEY.toUpperCase()}/v720/1.m4s`,
    `a/${KEY.slice(1)}/v720/1.m4s`,
    `a/${KEY}0/v720/1.m4s`,
    `${KEY}/v720/1.m4s`,
    `../${KEY}/v720/1.m4s`,
    `a/%2e%2e/${KEY}/v720/1.m4s`,
  ])("%j", (encoded) => {
    expect(parseHlsPath(encoded)).toBeUndefined();
  });

  it("any text at all: it is a title inside the folder, or nothing", () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            "..",
            ".",
            "%2e%2e",
            "a",
            "%2f",
            "",
            "%00",
            KEY,
            "v1",
            "master.m3u8",
            "0.m4s",
            "poster.jpg",
          ),
          {
            maxLength: 8,
          },
        )
        .map((names) => names.join("/")),
    );
    fc.assert(
      fc.property(text, (encoded) => {
        const asked = parseHlsPath(encoded);
        if (!asked) return;
        const names = asked.path.split("/");
        expect(
          names.filter((name) => name === "" || name === "." || name === ".." || name.includes("\0")),
        ).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
