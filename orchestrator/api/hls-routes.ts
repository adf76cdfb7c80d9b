import * as z from "zod";
import type { ProblemCode } from "../../shared/api/problem-codes.ts";
import { appleChaptersSchema, titleDescriptionSchema } from "../../shared/api/title.ts";
import { MEDIA_SEGMENT_INDEX } from "../../shared/media/segment-name.ts";
import { SHEET_INDEX } from "../../shared/media/sprite-plan.ts";
import { screenshotQuerySchema } from "../asked-screenshot.ts";
import { type HlsPath, RENDITION_ID, TITLE_KEY } from "../hls-path.ts";
import { PLAYLIST_TYPE } from "../playlist-response.ts";
import { MAKING, READING, SOURCE, TOKEN, WAITING } from "./common-problems.ts";
import { type DescribedAnswer, type DescribedRoute, describeRoute } from "./describe-route.ts";
import { titlePathParameters } from "./title-routes.ts";

const BASE = "/hls/{path}";
const KEYED = `${BASE}/{titleKey}`;
const RENDITION = `${KEYED}/{rendition}`;

const keyed = titlePathParameters.extend({
  titleKey: z.string().regex(TITLE_KEY).describe("As a playlist names it: it changes with the source."),
});
const rendition = keyed.extend({
  rendition: z.string().regex(RENDITION_ID).describe("As the multivariant playlist names it."),
});

const opening: readonly ProblemCode[] = [...READING, ...TOKEN, ...SOURCE, ...WAITING, "not-found"];
const making: readonly ProblemCode[] = [...opening, ...MAKING];
const common = { method: "get", tag: "playing", opens: "viewer", problems: making } as const;
const known = { 304: { description: "Whoever asks has it already (`If-None-Match`)." } } as const;

function textAnswer(contentType: string, description: string) {
  return { 200: { description, contentType }, ...known } as const;
}

/** What storage has: with ranges, and perhaps sent by somebody else. */
function objectAnswers(contentType: string): Readonly<Record<number, DescribedAnswer>> {
  return {
    200: { description: "All of it. It never changes under this address.", contentType },
    206: { description: "The range that was asked for.", contentType },
    ...known,
    307: { description: "Where it is, with SEGMENT_BASE_URL.", headers: { location: "Where." } },
    416: { description: "It is shorter than that." },
  };
}

function pictureAnswers(...types: readonly string[]): Readonly<Record<number, DescribedAnswer>> {
  return objectAnswers(types.join(", "));
}

/** Routes below `/hls/`, which is one for Hono, by what they ask for. */
export const hlsRoutes = {
  "multivariant-playlist": [
    describeRoute({
      ...{ ...common, problems: opening, path: `${BASE}/master.m3u8`, id: "getMultivariantPlaylist" },
      summary: "The multivariant playlist of a title: where playing begins",
      answers: textAnswer(PLAYLIST_TYPE, "Its addresses carry the token on."),
    }),
    describeRoute({
      ...{ ...common, problems: opening, path: `${BASE}/all.m3u8`, id: "getAllPicturesPlaylist" },
      summary: "The same with the picture as it is in the file even where its segments begin at fewer places",
      answers: textAnswer(PLAYLIST_TYPE, "For players that change only where segments of both begin."),
    }),
  ],
  "original-playlist": [
    describeRoute({
      ...{ ...common, path: `${BASE}/original.m3u8`, id: "getOriginalPlaylist" },
      summary: "The same with the picture as it is in the file",
      answers: textAnswer(PLAYLIST_TYPE, "A multivariant playlist."),
    }),
  ],
  description: [
    describeRoute({
      ...{ ...common, problems: opening, path: `${BASE}/title.json`, id: "describeTitle", tag: "titles" },
      summary: "What a title consists of",
      answers: { 200: { description: "As its source is now.", schema: titleDescriptionSchema }, ...known },
    }),
  ],
  chapters: [
    describeRoute({
      ...{ ...common, problems: [...opening, "source-changed"], path: `${KEYED}/chapters.json` },
      ...{ id: "getChapters", parameters: keyed },
      summary: "The chapters, as Apple's players read them",
      answers: { 200: { description: "Times in seconds.", schema: appleChaptersSchema }, ...known },
    }),
    describeRoute({
      ...{ ...common, problems: [...opening, "source-changed"], path: `${KEYED}/chapters.vtt` },
      ...{ id: "getChaptersWebvtt", parameters: keyed },
      summary: "The chapters as WebVTT",
      answers: textAnswer("text/vtt; charset=utf-8", "A cue a chapter."),
    }),
  ],
  "media-playlist": [
    describeRoute({
      ...{ ...common, path: `${RENDITION}/index.m3u8`, id: "getMediaPlaylist", parameters: rendition },
      summary: "The media playlist of a rendition, subtitles included",
      answers: textAnswer(PLAYLIST_TYPE, "All of the title, whether it is made or not."),
    }),
  ],
  "init-segment": [
    describeRoute({
      ...{ ...common, path: `${RENDITION}/init.mp4`, id: "getInitSegment", parameters: rendition },
      summary: "The init segment of a rendition",
      answers: objectAnswers("video/mp4, audio/mp4"),
    }),
  ],
  "media-segment": [
    describeRoute({
      ...{ ...common, path: `${RENDITION}/{index}.m4s`, id: "getMediaSegment" },
      parameters: rendition.extend({ index: z.string().regex(MEDIA_SEGMENT_INDEX) }),
      summary: "A media segment; where it isn't there yet, it is made",
      answers: objectAnswers("video/mp4, audio/mp4"),
    }),
  ],
  subtitles: [
    describeRoute({
      ...{ ...common, path: `${RENDITION}/subtitles.vtt`, id: "getSubtitles", parameters: rendition },
      summary: "Subtitles as one file",
      answers: objectAnswers("text/vtt; charset=utf-8"),
    }),
    describeRoute({
      ...{ ...common, path: `${RENDITION}/{index}.vtt`, id: "getSubtitleSegment" },
      parameters: rendition.extend({ index: z.string().regex(MEDIA_SEGMENT_INDEX) }),
      summary: "A segment of subtitles",
      answers: textAnswer("text/vtt; charset=utf-8", "Cues on the media's clock."),
    }),
  ],
  poster: [
    describeRoute({
      ...{ ...common, problems: [...making, "no-picture"], path: `${BASE}/poster.jpg`, id: "getPoster" },
      summary: "The file's own cover, else a frame on which there is something to see",
      answers: pictureAnswers("image/jpeg"),
    }),
  ],
  screenshot: [
    describeRoute({
      ...{ ...common, problems: [...making, "bad-request", "no-picture"], path: `${BASE}/screenshot` },
      ...{ id: "getScreenshot", query: screenshotQuerySchema },
      summary: "One exact frame",
      answers: pictureAnswers("image/jpeg", "image/webp", "image/avif"),
    }),
  ],
  "sprite-cues": [
    describeRoute({
      ...{ ...common, problems: [...making, "no-picture"], path: `${KEYED}/sprites/index.vtt` },
      ...{ id: "getSpriteCues", parameters: keyed },
      summary: "Where the small pictures for a seek bar lie, as WebVTT",
      answers: textAnswer("text/vtt", "Cues name `0.jpg#xywh=…`."),
    }),
  ],
  "sprite-playlist": [
    describeRoute({
      ...{ ...common, problems: [...making, "no-picture"], path: `${KEYED}/sprites/index.m3u8` },
      ...{ id: "getSpritePlaylist", parameters: keyed },
      summary: "The same as an image playlist",
      answers: textAnswer(PLAYLIST_TYPE, "An image media playlist."),
    }),
  ],
  "sprite-sheet": [
    describeRoute({
      ...{ ...common, problems: [...making, "no-picture"], path: `${KEYED}/sprites/{sheet}.jpg` },
      ...{ id: "getSpriteSheet", parameters: keyed.extend({ sheet: z.string().regex(SHEET_INDEX) }) },
      summary: "A sheet of small pictures",
      answers: pictureAnswers("image/jpeg"),
    }),
  ],
} satisfies Readonly<Record<HlsPath["kind"], readonly DescribedRoute[]>>;
