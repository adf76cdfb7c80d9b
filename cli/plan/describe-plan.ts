import { avcCodec } from "../../shared/media/avc-level.ts";
import { type OriginalIndex, originalRate, planOriginal } from "../../shared/media/original.ts";
import { declaredBitrate } from "../../shared/media/rate-budget.ts";
import { borderTime, segmentCount } from "../../shared/media/timeline.ts";
import type { SoundRendition, Title, VideoRendition } from "../../shared/media/title.ts";
import { nameAudio } from "../../shared/playlist/audio-names.ts";
import { titleChapters } from "../../shared/playlist/chapters.ts";
import { nameSubtitles } from "../../shared/playlist/subtitle-names.ts";
import { type Rational, toNumber } from "../../shared/rational.ts";
import { subtitleRenditions, unavailableSubtitles } from "../../shared/subtitles/subtitle-renditions.ts";

export type PlanDescription = ReturnType<typeof describePlan>;

/**
 * A plan as JSON for programs: times in seconds, bit rates in bit/s.
 * @param index of the original picture; undefined where it is not known yet.
 */
export function describePlan(title: Title, index: OriginalIndex | undefined) {
  const { source, key, duration } = title;
  return {
    path: source.path,
    titleKey: key,
    format: source.format,
    durationSeconds: seconds(duration),
    ...(source.video && { video: describeVideo(source.video) }),
    targetDurationSeconds: title.targetDuration,
    rungs: title.video.map(describeRung),
    borders: borders(title),
    audio: title.audio.map((rendition) => describeSound(title, rendition)),
    subtitles: describeSubtitles(title),
    chapters: titleChapters(title).map(({ startMs, endMs, title: name }) => ({
      startSeconds: startMs / 1000,
      endSeconds: endMs / 1000,
      title: name,
    })),
    original: describeOriginal(title, index),
  };
}

function describeVideo(video: NonNullable<Title["source"]["video"]>) {
  const { codec, width, height, averageRate, pixelFormat, colour, interlaced, rotation } = video;
  const frameRate = seconds(averageRate);
  return { codec, width, height, frameRate, pixelFormat, transfer: colour.transfer, interlaced, rotation };
}

function describeRung({ id, rung, timeline }: VideoRendition) {
  const { name, width, height, rate, averageBitrate, level, peakBitrate } = rung;
  const bandwidth = declaredBitrate(peakBitrate, timeline);
  const segments = segmentCount(timeline);
  const codec = avcCodec(level);
  return { id, name, width, height, frameRate: seconds(rate), codec, averageBitrate, bandwidth, segments };
}

/** Where segments begin and end on the title's clock: of the picture, else of the first sound. */
function borders({ video, audio }: Title): readonly number[] {
  const timeline = (video[0] ?? audio[0])?.timeline;
  return timeline ? timeline.borders.map((_, k) => seconds(borderTime(timeline, k))) : [];
}

function describeSound({ source }: Title, { id, audio }: SoundRendition) {
  const position = source.audio.indexOf(audio.track);
  const { name, language } = nameAudio(source.audio)[position] ?? {};
  const { codec, channels, sampleRate, averageBitrate } = audio;
  const isCopied = codec !== "aac";
  return {
    id,
    name,
    language,
    codec,
    channels,
    sampleRate,
    averageBitrate,
    isCopied,
    from: audio.track.codec,
  };
}

function describeSubtitles({ source }: Title) {
  const offered = subtitleRenditions(source);
  const names = nameSubtitles(offered);
  const missing = unavailableSubtitles(source);
  const missingNames = nameSubtitles(missing.map(({ track }) => ({ ...track, id: "" })));
  return [
    ...offered.map(({ id, codec, isForced }, k) => ({ id, ...names[k], from: codec, forced: isForced })),
    ...missing.map(({ track, reason }, k) => ({
      ...missingNames[k],
      from: track.codec,
      forced: track.isForced,
      unavailable: reason,
    })),
  ];
}

function describeOriginal(title: Title, index: OriginalIndex | undefined) {
  const { video } = title.source;
  if (!video) return { kind: "unavailable", reason: "There is no picture." } as const;
  if (!index)
    return { kind: "unknown", reason: "All of the file is read for it, in the background." } as const;
  const planned = planOriginal(title, index);
  if (!planned) {
    const reason = index.kind === "unavailable" ? index.reason : "It can't be cut.";
    return { kind: "unavailable", reason } as const;
  }
  return {
    kind: "copied",
    codec: planned.codec,
    frameRate: seconds(originalRate(video)),
    averageBitrate: planned.averageBitrate,
    bandwidth: planned.peakBitrate,
    segments: segmentCount(planned.timeline),
    independent: planned.isIndependent,
  } as const;
}

/** To the microsecond. */
function seconds(value: Rational): number {
  return Math.round(toNumber(value) * 1e6) / 1e6;
}
