import type { AppleChapters } from "../api/title.ts";
import { clockZero, type SourceInfo } from "../media/source-info.ts";
import type { Title } from "../media/title.ts";
import { multiply, rational, round, subtract } from "../rational.ts";
import { toCueText } from "../subtitles/cue.ts";
import { formatWebvtt } from "../subtitles/format-webvtt.ts";
import { formatRuns, PLAIN } from "../subtitles/styled-text.ts";
import { formatAttributeList, quoted } from "./attribute-list.ts";

export const CHAPTERS_JSON = "chapters.json";
export const CHAPTERS_VTT = "chapters.vtt";

/** A part of a title, in whole milliseconds on its clock. */
export interface TitleChapter {
  readonly startMs: number;
  readonly endMs: number;
  readonly title: string;
}

const MILLISECONDS = rational(1000);

/** Chapters as far as they lie within the title; those without a name have their number. */
export function chaptersOf(source: SourceInfo, durationMs: number): readonly TitleChapter[] {
  const zero = clockZero(source);
  const within = (ms: number) => Math.min(Math.max(ms, 0), durationMs);
  return source.chapters
    .map(({ start, end, title }, position) => ({
      startMs: within(round(multiply(subtract(start, zero), MILLISECONDS))),
      endMs: within(round(multiply(subtract(end, zero), MILLISECONDS))),
      title: title ?? `Chapter ${position + 1}`,
    }))
    .filter(({ startMs, endMs }) => startMs < endMs);
}

export function titleChapters({ source, duration }: Title): readonly TitleChapter[] {
  return chaptersOf(source, round(multiply(duration, MILLISECONDS)));
}

/** The JSON that Apple's players read: an array of chapters, times in seconds. */
export function formatChaptersJson(title: Title): string {
  const chapters: AppleChapters = titleChapters(title).map((chapter, position) => ({
    chapter: position + 1,
    "start-time": chapter.startMs / 1000,
    duration: (chapter.endMs - chapter.startMs) / 1000,
    titles: [{ language: "und", title: chapter.title }],
  }));
  return JSON.stringify(chapters);
}

/** A WebVTT file of the kind `chapters`. */
export function formatChaptersWebvtt(title: Title): string {
  const cues = titleChapters(title).map(({ startMs, endMs, title: name }) => {
    const text = toCueText(formatRuns([{ text: name.replace(/\s+/g, " "), style: PLAIN }]));
    return { startMs, endMs, settings: "", text };
  });
  return formatWebvtt(cues);
}

/** The line of the multivariant playlist that says where they are (RFC 8216bis 4.4.6.4). */
export function chapterSessionData(title: Title, query: string): readonly string[] {
  if (titleChapters(title).length === 0) return [];
  const attributes = formatAttributeList({
    "DATA-ID": quoted("com.apple.hls.chapters"),
    URI: quoted(`${title.key}/${CHAPTERS_JSON}${query}`),
  });
  return [`#EXT-X-SESSION-DATA:${attributes}`];
}
