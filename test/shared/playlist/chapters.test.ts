import { describe, expect, it } from "vitest";
import { planTitle } from "../../../shared/media/title.ts";
import {
  chapterSessionData,
  formatChaptersJson,
  formatChaptersWebvtt,
  titleChapters,
} from "../../../shared/playlist/chapters.ts";
import { rational } from "../../../shared/rational.ts";
import { exampleSource, exampleVideo } from "../media/example-source.ts";

const chapter = (start: number, end: number, title?: string) => ({
  ...{ start: rational(start * 2, 2), end: rational(end * 2, 2) },
  ...(title !== undefined && { title }),
});
/** Its picture lasts from 100 s to 110 s on the container's clock. */
const titleWith = (...chapters: ReturnType<typeof chapter>[]) =>
  planTitle(
    exampleSource({ video: exampleVideo({ start: rational(100), end: rational(110) }), audio: [], chapters }),
    { segmentSeconds: 4 },
  );

describe("chapters", () => {
  it("lie on the title's clock and within it", async () => {
    const title = await titleWith(
      chapter(0, 50),
      chapter(95, 103, "One"),
      chapter(103, 200),
      chapter(200, 300),
    );
    expect(titleChapters(title)).toEqual([
      { startMs: 0, endMs: 3000, title: "One" },
      { startMs: 3000, endMs: 10_000, title: "Chapter 3" },
    ]);
  });

  it("are printed for players", async () => {
    const title = await titleWith(chapter(100, 103.5, "A <b>\nline --> & more"), chapter(103.5, 110, "é"));
    expect(JSON.parse(formatChaptersJson(title))).toEqual([
      {
        chapter: 1,
        "start-time": 0,
        duration: 3.5,
        titles: [{ language: "und", title: "A <b>\nline --> & more" }],
      },
      { chapter: 2, "start-time": 3.5, duration: 6.5, titles: [{ language: "und", title: "é" }] },
    ]);
    expect(formatChaptersWebvtt(title)).toBe(
      "WEBVTT\n\n00:00:00.000 --> 00:00:03.500\nA &lt;b&gt; line --&gt; &amp; more\n\n00:00:03.500 --> 00:00:10.000\né\n",
    );
    expect(chapterSessionData(title, "?token=t")).toEqual([
      `#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="${title.key}/chapters.json?token=t"`,
    ]);
  });

  it("that a title has none of are not announced", async () => {
    expect(chapterSessionData(await titleWith(), "")).toEqual([]);
  });
});
