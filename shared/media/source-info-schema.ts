import * as z from "zod";
import type { SourceInfo } from "./source-info.ts";

const rational = z.object({ n: z.int(), d: z.int().positive() });

const video = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  sampleAspectRatio: rational,
  rotation: z.literal([0, 90, 180, 270]),
  baseRate: rational,
  averageRate: rational,
  interlaced: z.boolean(),
  start: rational,
  end: rational,
  seekBack: rational,
});

const audio = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  sampleRate: z.int().positive(),
  channels: z.int().positive(),
  language: z.string().exactOptional(),
  title: z.string().exactOptional(),
  isDefault: z.boolean(),
  start: rational,
  end: rational.exactOptional(),
  packetGrid: z.object({ samples: z.int().positive(), phase: rational }).exactOptional(),
  tick: rational,
});

/** Source infos as they are kept in storage. */
export const sourceInfoSchema: z.ZodType<SourceInfo> = z.object({
  path: z.string(),
  fingerprint: z.string(),
  format: z.string(),
  formatStart: rational,
  video: video.exactOptional(),
  audio: z.array(audio),
});
