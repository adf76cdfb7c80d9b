import * as z from "zod";
import { CUTS_PATTERN } from "./copied-cuts.ts";
import type { SourceInfo } from "./source-info.ts";

const rational = z.object({ n: z.int(), d: z.int().positive() });

const video = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  pixelFormat: z.string(),
  colour: z.object({
    isFullRange: z.boolean(),
    primaries: z.string().exactOptional(),
    transfer: z.string().exactOptional(),
    matrix: z.string().exactOptional(),
    dolbyVisionProfile: z.int().exactOptional(),
  }),
  width: z.int().positive(),
  height: z.int().positive(),
  sampleAspectRatio: rational,
  rotation: z.literal([0, 90, 180, 270]),
  baseRate: rational,
  averageRate: rational,
  interlaced: z.boolean(),
  reorderFrames: z.int().nonnegative(),
  start: rational,
  end: rational,
  seekBack: rational,
  copy: z
    .object({
      segmentSeconds: z.number().positive(),
      cuts: z.string().regex(CUTS_PATTERN),
      codec: z.string(),
      peakBitrate: z.int().positive(),
      averageBitrate: z.int().positive(),
    })
    .exactOptional(),
});

const audio = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  profile: z.string().exactOptional(),
  bitrate: z.int().positive().exactOptional(),
  channelLayout: z.string().exactOptional(),
  sampleRate: z.int().positive(),
  channels: z.int().positive(),
  language: z.string().exactOptional(),
  title: z.string().exactOptional(),
  isDefault: z.boolean(),
  isCommentary: z.boolean(),
  isDescriptive: z.boolean(),
  start: rational,
  end: rational.exactOptional(),
  packetGrid: z.object({ samples: z.int().positive(), phase: rational }).exactOptional(),
  tick: rational,
});

const subtitle = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  form: z.enum(["text", "image", "other"]),
  language: z.string().exactOptional(),
  title: z.string().exactOptional(),
  isDefault: z.boolean(),
  isForced: z.boolean(),
  isHearingImpaired: z.boolean(),
});

const chapter = z.object({ start: rational, end: rational, title: z.string().exactOptional() });

const cover = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
});

const subtitleFile = z.object({
  id: z.string(),
  format: z.enum(["subrip", "webvtt", "ass"]),
  language: z.string().exactOptional(),
  title: z.string().exactOptional(),
  isDefault: z.boolean(),
  isForced: z.boolean(),
  isHearingImpaired: z.boolean(),
});

/** Source infos as they are kept in storage. */
export const sourceInfoSchema: z.ZodType<SourceInfo> = z.object({
  path: z.string(),
  fingerprint: z.string(),
  format: z.string(),
  formatStart: rational,
  video: video.exactOptional(),
  audio: z.array(audio),
  subtitles: z.array(subtitle),
  chapters: z.array(chapter),
  cover: cover.exactOptional(),
  beside: z.object({ revision: z.string(), subtitles: z.array(subtitleFile) }).exactOptional(),
});
