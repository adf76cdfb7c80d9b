import { MEDIA_PLAYLIST, SPRITES } from "../../shared/media/segment-name.ts";
import { spritePlan } from "../../shared/media/sprite-plan.ts";
import type { Title } from "../../shared/media/title.ts";
import {
  CHAPTERS_JSON,
  CHAPTERS_VTT,
  formatChaptersJson,
  formatChaptersWebvtt,
  titleChapters,
} from "../../shared/playlist/chapters.ts";
import { formatMediaPlaylist } from "../../shared/playlist/media-playlist.ts";
import { formatImagePlaylist, formatSpriteVtt } from "../../shared/playlist/sprite-playlists.ts";
import { formatSubtitlePlaylist } from "../../shared/playlist/subtitle-playlist.ts";
import type { Cue } from "../../shared/subtitles/cue.ts";
import { formatSubtitleSegment, subtitleTimeline } from "../../shared/subtitles/cut-cues.ts";
import type { ChosenRange } from "./chosen-range.ts";
import { preparedRenditions } from "./prepared-renditions.ts";

/** Path in the folder, and content. */
export type PreparedText = readonly [file: string, text: string];

/** Everything beside the multivariant playlist and the subtitles' segments that is printed rather than made. */
export function preparedTexts(title: Title, range: ChosenRange): readonly PreparedText[] {
  const { key, targetDuration } = title;
  const media = preparedRenditions(title).map(({ id, kind, timeline }): PreparedText => {
    const options = { isIframes: kind === "iframe", range: range.of(timeline) };
    return [`${key}/${id}/${MEDIA_PLAYLIST}`, formatMediaPlaylist(timeline, targetDuration, options)];
  });
  return range.isWhole ? [...media, ...wholeTexts(title)] : media;
}

/** What is on the clock of the whole film. */
function wholeTexts(title: Title): readonly PreparedText[] {
  const { key } = title;
  const plan = spritePlan(title);
  const sprites: readonly PreparedText[] = plan
    ? [
        [`${key}/${SPRITES}/${MEDIA_PLAYLIST}`, formatImagePlaylist(plan)],
        [`${key}/${SPRITES}/index.vtt`, formatSpriteVtt(plan, title.duration)],
      ]
    : [];
  const chapters: readonly PreparedText[] =
    titleChapters(title).length > 0
      ? [
          [`${key}/${CHAPTERS_JSON}`, formatChaptersJson(title)],
          [`${key}/${CHAPTERS_VTT}`, formatChaptersWebvtt(title)],
        ]
      : [];
  return [...sprites, ...chapters];
}

/** The playlist and the segments of one rendition of subtitles. */
export function subtitleTexts(
  title: Title,
  range: ChosenRange,
  id: string,
  cues: readonly Cue[],
): readonly PreparedText[] {
  const timeline = subtitleTimeline(title);
  const listed = range.of(timeline);
  const segments = Array.from({ length: listed.end - listed.first }, (_, k): PreparedText => {
    const index = listed.first + k;
    return [`${title.key}/${id}/${index}.vtt`, formatSubtitleSegment(cues, timeline, index)];
  });
  return [[`${title.key}/${id}/${MEDIA_PLAYLIST}`, formatSubtitlePlaylist(title, "", listed)], ...segments];
}
