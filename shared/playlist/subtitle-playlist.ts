import { MEDIA_PLAYLIST, MEDIA_SEGMENT_INDEX, parseIndexedName } from "../media/segment-name.ts";
import type { Title } from "../media/title.ts";
import { subtitleTimeline } from "../subtitles/cut-cues.ts";
import { formatVodPlaylist, type SegmentRange } from "./media-playlist.ts";

/** All cues of a rendition in one file. */
export const WHOLE_SUBTITLES = "subtitles.vtt";

/** What belongs to a rendition of subtitles. */
export type SubtitleName =
  | { readonly kind: "playlist" }
  | { readonly kind: "whole" }
  | { readonly kind: "segment"; readonly index: number };

/** Undefined for a name that nothing has. */
export function parseSubtitleName(name: string): SubtitleName | undefined {
  if (name === MEDIA_PLAYLIST) return { kind: "playlist" };
  if (name === WHOLE_SUBTITLES) return { kind: "whole" };
  const index = parseIndexedName(name, ".vtt", MEDIA_SEGMENT_INDEX);
  return index === undefined ? undefined : { kind: "segment", index };
}

function subtitleSegmentName(index: number): string {
  return `${index}.vtt`;
}

/**
 * The media playlist of any of a title's subtitles.
 * @param query what each URI ends in.
 * @param range what is listed, in place of all.
 */
export function formatSubtitlePlaylist(title: Title, query = "", range?: SegmentRange): string {
  const uriOf = (index: number) => subtitleSegmentName(index) + query;
  return formatVodPlaylist(subtitleTimeline(title), title.targetDuration, [], uriOf, range);
}
