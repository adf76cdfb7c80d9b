import type { Title } from "../media/title.ts";
import { subtitleTimeline } from "../subtitles/cut-cues.ts";
import { formatVodPlaylist } from "./media-playlist.ts";

/** Names of what belongs to one rendition of subtitles. */
export const WHOLE_SUBTITLES = "subtitles.vtt";

export function subtitleSegmentName(index: number): string {
  return `${index}.vtt`;
}

/** The media playlist of any of a title's subtitles. @param query what each URI ends in. */
export function formatSubtitlePlaylist(title: Title, query = ""): string {
  return formatVodPlaylist(subtitleTimeline(title), title.targetDuration, [], (index) => {
    return subtitleSegmentName(index) + query;
  });
}
