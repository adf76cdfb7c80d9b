import { extname } from "node:path";
import { avcCodec } from "../shared/media/avc-level.ts";
import { displaySize } from "../shared/media/ladder.ts";
import type { OriginalRendition } from "../shared/media/original.ts";
import { clockZero, type SubtitleTrack } from "../shared/media/source-info.ts";
import type { Title } from "../shared/media/title.ts";
import { subtract, toNumber } from "../shared/rational.ts";
import type { AudioInfo, ChapterInfo, MediaMetadata, SubtitleInfo, VideoInfo } from "./media-metadata.ts";

/** Codecs as CODECS has them (RFC 6381), by FFmpeg's names. */
const AUDIO_CODECS: Readonly<Record<string, string>> = {
  aac: "mp4a.40.2",
  mp3: "mp4a.40.34",
  ac3: "ac-3",
  eac3: "ec-3",
  opus: "Opus",
  flac: "fLaC",
  alac: "alac",
};
const EXTENSIONS: Readonly<Record<string, string>> = {
  subrip: "srt",
  ass: "ass",
  ssa: "ass",
  mov_text: "vtt",
  webvtt: "vtt",
  text: "srt",
};

/** @param now when. */
export function describeMedia(
  title: Title,
  original: OriginalRendition | undefined,
  now: Date,
): MediaMetadata {
  const { source, duration } = title;
  const path = `/${source.path}`;
  return {
    id: source.fingerprint,
    path,
    extension: extname(path).slice(1),
    mimeCodec: mimeCodec(title),
    duration: toNumber(duration),
    container: source.format,
    videos: describeVideo(title, original),
    audios: source.audio.map(describeAudio),
    subtitles: describeSubtitles(title),
    fonts: [],
    keyframes: original ? keyframes(original) : [],
    chapters: describeChapters(title),
    extractionTimestamp: now,
  };
}

/** The file's own tracks, then the files beside it, numbered throughout. */
export function describeSubtitles({ source }: Title): SubtitleInfo[] {
  const own = source.subtitles.map((track, index) => ({ ...describeTrack(track, index), isExternal: false }));
  const beside = (source.beside?.subtitles ?? []).map(({ format, ...file }, position) => ({
    ...describeTrack({ ...file, codec: format, form: "text" }, own.length + position),
    isExternal: true,
  }));
  return [...own, ...beside];
}

/** The rendition of the subtitles at an index. */
export function subtitleId({ source: { subtitles, beside } }: Title, index: number): string | undefined {
  if (index < subtitles.length) return subtitles[index]?.form === "text" ? `t${index}` : undefined;
  const file = beside?.subtitles[index - subtitles.length];
  return file && `x${file.id}`;
}

function describeTrack(
  track: Omit<SubtitleTrack, "streamIndex">,
  index: number,
): Omit<SubtitleInfo, "isExternal"> {
  return {
    index,
    codec: track.codec,
    extension: track.form === "text" ? (EXTENSIONS[track.codec] ?? "vtt") : null,
    title: track.title ?? null,
    language: track.language ?? null,
    isDefault: track.isDefault,
    isForced: track.isForced,
    isHearingImpaired: track.isHearingImpaired,
  };
}

function describeVideo({ source: { video } }: Title, original: OriginalRendition | undefined): VideoInfo[] {
  if (!video) return [];
  const info = { title: null, language: null, isDefault: true, ...displaySize(video) };
  const known = { mimeCodec: original?.codec ?? null, bitrate: original?.averageBitrate ?? 0 };
  return [{ index: 0, codec: video.codec, ...known, ...info }];
}

function describeAudio(track: Title["source"]["audio"][number], index: number): AudioInfo {
  return {
    index,
    codec: track.codec,
    mimeCodec: AUDIO_CODECS[track.codec] ?? null,
    title: track.title ?? null,
    language: track.language ?? null,
    bitrate: track.bitrate ?? 0,
    isDefault: track.isDefault,
    isForced: false,
    channels: track.channels,
  };
}

function describeChapters({ source }: Title): ChapterInfo[] {
  const zero = clockZero(source);
  return source.chapters.map(({ start, end, title }, position) => ({
    startTime: Math.max(0, toNumber(subtract(start, zero))),
    endTime: Math.max(0, toNumber(subtract(end, zero))),
    name: title ?? `Chapter ${position + 1}`,
    type: "content",
  }));
}

function keyframes({ timeline, clock }: OriginalRendition): number[] {
  return timeline.borders.slice(0, -1).map((border) => border / clock.timescale);
}

function mimeCodec({ video, audio }: Title): string | null {
  const picture = video[0] && avcCodec(video[0].rung.level);
  const sound = audio[0] && "mp4a.40.2";
  if (!picture) return sound ? `audio/mp4; codecs="${sound}"` : null;
  return `video/mp4; codecs="${[picture, sound].filter(Boolean).join(", ")}"`;
}
