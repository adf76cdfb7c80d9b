import { readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cue } from "../../shared/subtitles/cue.ts";
import { parseWebvtt } from "../../shared/subtitles/parse-webvtt.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { makeSubtitledFilms, pictureStartMs, SUBRIP, type SubtitledFilms } from "./films-with-subtitles.ts";

interface Described {
  readonly durationMs: number;
  readonly subtitles: readonly {
    readonly name: string;
    readonly language?: string;
    readonly codec: string;
    readonly forced: boolean;
    readonly hearingImpaired: boolean;
    readonly url?: string;
    readonly hls?: string;
    readonly unavailable?: string;
  }[];
  readonly chapters: readonly { readonly startMs: number; readonly endMs: number; readonly title: string }[];
}

let films: SubtitledFilms;
let server: EmbeddedServer;

beforeAll(async () => {
  films = await makeSubtitledFilms();
  server = await startServer(films.dir);
});
afterAll(async () => {
  await server?.stop();
  await films?.remove();
});

async function get(path: string): Promise<Response> {
  const response = await fetch(new URL(path, server.url));
  expect(response.status, path).toBe(200);
  return response;
}

const textOf = async (path: string) => (await get(path)).text();
const describeFilm = async (film: string) =>
  (await (await get(`hls/${film}/title.json`)).json()) as Described;
const cuesOf = async (path: string) => parseWebvtt(await textOf(path));

/** Start and end of each cue, milliseconds, its text and its settings. */
const short = (cues: readonly Cue[]) => cues.map((cue) => [cue.startMs, cue.endMs, cue.text, cue.settings]);

const fromSubrip = [
  [500, 900, "Hello <i>there</i>,\nyou &amp; &lt;3", ""],
  [1234, 4567, "Over two borders", ""],
  [5000, 5750, "Up here é", "line:0"],
];
const withoutPlace = fromSubrip.map(([start, end, text]) => [start, end, text, ""]);
const fromWebvtt = [
  [500, 900, "Hello <i>there</i>, &amp; <v Bob>you</v>", ""],
  [1234, 4567, "Over two borders", ""],
  [5000, 5750, "Up here é", "line:0 align:start"],
];
const fromAss = [
  [500, 900, "Hello <i>there</i>,\nyou &amp; I", ""],
  [1230, 4560, "Over two borders", ""],
  [5000, 5750, "<i>Up here é</i>", "line:0"],
];

describe("text tracks", () => {
  it.each([
    { film: "film.mkv", track: 0, codec: "subrip", cues: fromSubrip },
    { film: "film.mkv", track: 1, codec: "ass", cues: fromAss },
    { film: "film.mkv", track: 2, codec: "webvtt", cues: fromWebvtt },
    { film: "film.webm", track: 0, codec: "webvtt", cues: fromWebvtt },
    // MP4 has no places on the picture, as FFmpeg writes it.
    { film: "film.mp4", track: 0, codec: "mov_text", cues: withoutPlace },
    { film: "late.mkv", track: 0, codec: "subrip", cues: fromSubrip },
  ])("$codec of $film keep their cues, times, places and italics", async ({ film, track, codec, cues }) => {
    const { subtitles } = await describeFilm(film);
    expect(subtitles[track]!.codec).toBe(codec);
    expect(short(await cuesOf(subtitles[track]!.url!))).toEqual(cues);
  });

  it("are in the playlist with their languages and purposes", async () => {
    const master = await textOf("hls/film.mkv/master.m3u8");
    const lines = master.split("\n").filter((line) => line.includes("TYPE=SUBTITLES"));
    expect(lines.map((line) => line.replaceAll(/[0-9a-f]{32}/g, "KEY"))).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="KEY/t0/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="German (forced)",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI="KEY/t1/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English (SDH)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="KEY/t2/index.m3u8"',
    ]);
    for (const line of master.split("\n").filter((each) => each.startsWith("#EXT-X-STREAM-INF")))
      expect(line).toContain('SUBTITLES="subtitles"');
  });

  it("are cut into segments that hold every cue wherever it is shown", async () => {
    const { subtitles } = await describeFilm("film.mkv");
    const { hls } = subtitles[0]!;
    const playlist = await textOf(hls!);
    const names = playlist.split("\n").filter((line) => line.endsWith(".vtt"));
    expect(names).toEqual(["0.vtt", "1.vtt", "2.vtt", "3.vtt"]);
    expect(playlist).not.toContain("EXT-X-MAP");
    const segments = await Promise.all(names.map((name) => textOf(hls!.replace("index.m3u8", name))));
    for (const segment of segments)
      expect(segment).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:7200,LOCAL:00:00:00.000\n/);
    const [first, spanning, last] = fromSubrip;
    expect(segments.map((segment) => short(parseWebvtt(segment)))).toEqual([
      [first],
      [spanning],
      [spanning],
      [spanning, last],
    ]);
  });

  it("carry validators, and end where the title does", async () => {
    const { subtitles } = await describeFilm("film.mkv");
    const segment = subtitles[0]!.hls!.replace("index.m3u8", "0.vtt");
    const { headers } = await get(segment);
    expect(headers.get("content-type")).toBe("text/vtt; charset=utf-8");
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const again = await fetch(new URL(segment, server.url), {
      headers: { "if-none-match": headers.get("etag")! },
    });
    expect(again.status).toBe(304);
    for (const name of ["4.vtt", "01.vtt", "init.mp4", "0.m4s"]) {
      const beyond = await fetch(new URL(subtitles[0]!.hls!.replace("index.m3u8", name), server.url));
      expect(beyond.status, name).toBe(404);
    }
  });

  it("lie in storage once, whole", async () => {
    const { subtitles } = await describeFilm("film.mkv");
    const whole = await textOf(subtitles[1]!.url!);
    const [, key] = /\/([0-9a-f]{32})\//.exec(subtitles[1]!.url!)!;
    const folder = join(server.storageDir, "titles", key!.slice(0, 2), key!);
    expect(await readFile(join(folder, "t1", "cues.vtt"), "utf8")).toBe(whole);
  });
});

it("subtitles that are pictures are named, with the reason why they can't be had", async () => {
  expect((await describeFilm("pictures.mkv")).subtitles).toEqual([
    {
      ...{ name: "Dutch", language: "nl", codec: "hdmv_pgs_subtitle", forced: false, hearingImpaired: false },
      unavailable: "These subtitles are pictures of text, which can't be offered as text yet.",
    },
  ]);
  expect(await textOf("hls/pictures.mkv/master.m3u8")).not.toContain("SUBTITLES");
});

describe("files beside a film", () => {
  const beside = (name: string) => join(films.dir, name);

  it("are subtitles of it, in any encoding, and an edited one is another one", async () => {
    const fresh = await startServer(films.dir);
    try {
      const before = await (await fetch(`${fresh.url}hls/plain.mkv/master.m3u8`)).text();
      expect(before).not.toContain("SUBTITLES");
    } finally {
      await fresh.stop();
    }
    await Promise.all([
      writeFile(beside("plain.en.SDH.srt"), `\uFEFF${SUBRIP}`),
      writeFile(
        beside("plain.pt-BR.forced.vtt"),
        Buffer.from("\uFEFFWEBVTT\n\n00:01.000 --> 00:02.000\nOlá\n", "utf16le"),
      ),
      writeFile(beside("plain.fr.srt"), Buffer.from(SUBRIP, "latin1")),
      writeFile(beside("plainer.de.srt"), SUBRIP),
      writeFile(beside("plain.it.srt"), ""),
      writeFile(beside("plain.en.txt"), SUBRIP),
    ]);
    const other = await startServer(films.dir);
    try {
      const open = async () => {
        const response = await fetch(`${other.url}hls/plain.mkv/title.json`);
        return { etag: response.headers.get("etag"), ...((await response.json()) as Described) };
      };
      const opened = await open();
      expect(opened.subtitles).toMatchObject([
        { name: "English (SDH)", language: "en", hearingImpaired: true, forced: false },
        { name: "French", language: "fr", hearingImpaired: false },
        { name: "Portuguese (forced)", language: "pt-BR", forced: true },
      ]);
      const read = async (path: string) => {
        const response = await fetch(new URL(path, other.url));
        return short(parseWebvtt(await response.text()));
      };
      const zeroMs = await pictureStartMs(beside("plain.mkv"));
      expect(zeroMs).toBeGreaterThan(150);
      const moved = fromSubrip.map(([start, end, ...rest]) => [
        Number(start) - zeroMs,
        Number(end) - zeroMs,
        ...rest,
      ]);
      expect(await read(opened.subtitles[0]!.url!)).toEqual(moved);
      expect(await read(opened.subtitles[1]!.url!)).toEqual(moved);
      expect(await read(opened.subtitles[2]!.url!)).toEqual([[1000 - zeroMs, 2000 - zeroMs, "Olá", ""]]);
    } finally {
      await other.stop();
    }
  });

  it("may come, change and go while the title keeps its key", async () => {
    const states: { key: string; etag: string | null; lines: number; uris: string }[] = [];
    const look = async () => {
      const again = await startServer(films.dir, {}, { storageDir: server.storageDir });
      try {
        const response = await fetch(`${again.url}hls/film.mp4/master.m3u8`);
        const text = await response.text();
        const uris = text.split("\n").filter((line) => line.includes("SUBTITLES,"));
        const key = /([0-9a-f]{32})\/v/.exec(text)![1]!;
        states.push({ key, etag: response.headers.get("etag"), lines: uris.length, uris: uris.join() });
      } finally {
        await again.stop();
      }
    };
    await look();
    await writeFile(beside("film.nl.srt"), SUBRIP);
    await look();
    await utimes(beside("film.nl.srt"), 1, 1);
    await look();
    await rm(beside("film.nl.srt"));
    await look();
    expect(new Set(states.map(({ key }) => key)).size).toBe(1);
    expect(states.map(({ lines }) => lines)).toEqual([1, 2, 2, 1]);
    expect(new Set(states.map(({ etag }) => etag)).size).toBe(3);
    expect(states[1]!.uris).not.toBe(states[2]!.uris);
    expect(states[3]).toEqual(states[0]);
  });
});

describe("chapters", () => {
  it("are on the title's clock, within it, in every form", async () => {
    const { chapters, durationMs } = await describeFilm("film.mkv");
    const border = 2500 - (await pictureStartMs(join(films.dir, "film.mkv")));
    expect(chapters).toEqual([
      { startMs: 0, endMs: border, title: "One & <only>" },
      { startMs: border, endMs: durationMs, title: "Two" },
    ]);
    const master = await textOf("hls/film.mkv/master.m3u8");
    const [, uri] = /#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="([^"]+)"/.exec(master)!;
    const json = await get(`hls/film.mkv/${uri}`);
    expect(json.headers.get("content-type")).toBe("application/json");
    expect(await json.json()).toEqual([
      {
        chapter: 1,
        "start-time": 0,
        duration: border / 1000,
        titles: [{ language: "und", title: "One & <only>" }],
      },
      {
        ...{ chapter: 2, "start-time": border / 1000, duration: (durationMs - border) / 1000 },
        titles: [{ language: "und", title: "Two" }],
      },
    ]);
    expect(short(await cuesOf(`hls/film.mkv/${uri!.replace("json", "vtt")}`))).toEqual([
      [0, border, "One &amp; &lt;only&gt;", ""],
      [border, durationMs, "Two", ""],
    ]);
    const { titles } = (await (await get("api/titles")).json()) as {
      titles: { path: string; chapters?: unknown }[];
    };
    expect(titles.find(({ path }) => path === "film.mkv")!.chapters).toEqual(chapters);
    expect(await textOf("hls/film.mp4/master.m3u8")).not.toContain("SESSION-DATA");
  });
});
