import type { Rational } from "../rational.ts";
import { audioCopies } from "./audio-copies.ts";
import { type EncoderFailure, encoderName, type HardwareEncoder } from "./encoder.ts";
import { hashText } from "./hash.ts";
import { type IFrameRendition, iframeRenditions } from "./iframe-rendition.ts";
import { type AudioRendition, audioRenditions, type Rung, videoLadder } from "./ladder.ts";
import type { PictureCopy, SourceInfo } from "./source-info.ts";
import {
  audioTimeline,
  copiedTimeline,
  longestDuration,
  plannedCopy,
  type Timeline,
  targetDuration,
  videoTimeline,
} from "./timeline.ts";

/**
 * Names the way in which bytes are made: filters, encoder settings, cutting and sealing. Raised with any change
 * to them, so that old and new segments never meet in one stream.
 */
export const RECIPE_VERSION = 5;

export interface VideoRendition {
  readonly kind: "video";
  readonly id: string;
  readonly rung: Rung;
  readonly timeline: Timeline;
}

export interface SoundRendition {
  readonly kind: "audio";
  readonly id: string;
  readonly audio: AudioRendition;
  readonly timeline: Timeline;
}

export type Rendition = VideoRendition | SoundRendition | IFrameRendition;

/** What of the plan is up to the operator. */
export interface PlanOptions {
  readonly segmentSeconds: number;
  /** Makes the rungs; x264 where none is named. */
  readonly encoder?: HardwareEncoder;
  /** What x264 stands in for, and why. No byte depends on that. */
  readonly insteadOf?: EncoderFailure;
}

/** All that is decided about a title before one byte of it is encoded. */
export interface Title {
  /** Equal keys, equal bytes: hash of everything that the bytes depend on. */
  readonly key: string;
  readonly source: SourceInfo;
  readonly options: PlanOptions;
  readonly video: readonly VideoRendition[];
  /** The picture as it is in the file, where it is a variant beside those. */
  readonly copy?: PictureCopy;
  readonly audio: readonly SoundRendition[];
  /** Follow from `video`. */
  readonly iframes: readonly IFrameRendition[];
  readonly duration: Rational;
  /** Whole seconds, the same for all renditions. */
  readonly targetDuration: number;
}

/** @param key where it is known already: to find it takes as long as all the rest. */
export async function planTitle(source: SourceInfo, options: PlanOptions, key?: string): Promise<Title> {
  const video = planVideo(source, options);
  const audio = planAudio(source, video[0]?.timeline, options);
  const timelines = [...video, ...audio].map((rendition) => rendition.timeline);
  const copy = plannedCopy(source, options.segmentSeconds);
  const copied = copy ? [copiedTimeline(copy, video[0]!.timeline)] : [];
  return {
    key: key ?? (await titleKey(source, video, audio, options)),
    source,
    options,
    video,
    ...(copy && { copy }),
    audio,
    iframes: iframeRenditions(video),
    duration: longestDuration(timelines),
    targetDuration: targetDuration([...timelines, ...copied]),
  };
}

export function findRendition(title: Title, id: string): Rendition | undefined {
  return [...title.video, ...title.audio, ...title.iframes].find((rendition) => rendition.id === id);
}

function planVideo(source: SourceInfo, options: PlanOptions): VideoRendition[] {
  if (!source.video) return [];
  const rungs = videoLadder(source.video);
  const timeline = videoTimeline(source, rungs[0]!.rate, options.segmentSeconds);
  return rungs.map((rung) => ({ kind: "video", id: rung.id, rung, timeline }));
}

function planAudio(
  source: SourceInfo,
  picture: Timeline | undefined,
  options: PlanOptions,
): SoundRendition[] {
  const encoded = audioRenditions(source.audio).map(
    (rendition): SoundRendition => ({
      kind: "audio",
      id: rendition.id,
      audio: rendition,
      timeline: audioTimeline(source, rendition, picture, options.segmentSeconds),
    }),
  );
  const copied = picture ? audioCopies(source, picture, options.segmentSeconds) : [];
  const copies = copied.map(
    ({ rendition, timeline }): SoundRendition => ({
      kind: "audio",
      id: rendition.id,
      audio: rendition,
      timeline,
    }),
  );
  return [...encoded, ...copies];
}

function titleKey(
  { beside: _, ...source }: SourceInfo,
  video: readonly VideoRendition[],
  audio: readonly SoundRendition[],
  { encoder }: PlanOptions,
): Promise<string> {
  // Without a picture the encoder makes no difference, and no other key.
  const encoders = { video: encoderName(video.length > 0 ? encoder : undefined), audio: "aac" };
  return hashText(JSON.stringify({ recipe: RECIPE_VERSION, encoders, source, video, audio }));
}
