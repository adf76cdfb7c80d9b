import * as z from "zod";

const milliseconds = z.int().nonnegative();
const url = z.string().describe("Relative to the server; with the token that it was asked for with.");
const language = z.string().describe("BCP 47.").exactOptional();

export const chapterSchema = z
  .object({ startMs: milliseconds, endMs: milliseconds, title: z.string() })
  .meta({ id: "Chapter" });
const chapters = z.array(chapterSchema).readonly();

export const listedTitleSchema = z
  .object({
    path: z.string().describe("In the media folder."),
    name: z.string(),
    durationMs: milliseconds.exactOptional().describe("Where it is known already."),
    chapters: chapters.exactOptional().describe("Where they are known already, and there are any."),
    hls: url,
    description: url,
  })
  .meta({ id: "ListedTitle" });

export const titleListSchema = z
  .object({ titles: z.array(listedTitleSchema).readonly() })
  .meta({ id: "TitleList" });

const original = z.union([
  z.object({ codec: z.string(), hls: url }),
  z.object({ unavailable: z.string().describe("Why it can't be offered.") }),
]);

const encoder = z
  .object({
    name: z.string().describe("By FFmpeg's name."),
    insteadOf: z.string().exactOptional().describe("The one in hardware, which failed at this title."),
    reason: z.string().exactOptional().describe("Why it did."),
  })
  .describe("What makes the rungs, where that is or was to be hardware.");

const audioTrack = z.object({
  name: z.string(),
  language,
  codec: z.string().describe("In the file, by FFmpeg's name."),
  channels: z.int(),
  default: z.boolean(),
});

const subtitleTrack = {
  name: z.string(),
  language,
  codec: z.string(),
  forced: z.boolean(),
  hearingImpaired: z.boolean(),
};
const subtitles = z.union([
  z.object({ ...subtitleTrack, default: z.boolean(), url, hls: url }),
  z.object({ ...subtitleTrack, unavailable: z.string().describe("Why they can't be offered.") }),
]);

export const titleDescriptionSchema = z
  .object({
    path: z.string(),
    name: z.string(),
    durationMs: milliseconds,
    hls: url,
    video: z
      .object({ codec: z.string(), width: z.int(), height: z.int(), frameRate: z.number() })
      .exactOptional(),
    thumbnails: url
      .exactOptional()
      .describe("Small pictures for a seek bar, as WebVTT; where there is a picture."),
    original: original.exactOptional().describe("The picture as it is, once somebody has looked into it."),
    encoder: encoder.exactOptional(),
    audio: z.array(audioTrack).readonly(),
    subtitles: z.array(subtitles).readonly(),
    chapters,
  })
  .meta({ id: "TitleDescription" });

/** The form of Apple's players, in seconds. */
export const appleChaptersSchema = z
  .array(
    z.object({
      chapter: z.int(),
      "start-time": z.number(),
      duration: z.number(),
      titles: z.array(z.object({ language: z.string(), title: z.string() })).readonly(),
    }),
  )
  .readonly();

export type ListedTitle = z.infer<typeof listedTitleSchema>;
export type TitleList = z.infer<typeof titleListSchema>;
export type TitleDescription = z.infer<typeof titleDescriptionSchema>;
export type AppleChapters = z.infer<typeof appleChaptersSchema>;
