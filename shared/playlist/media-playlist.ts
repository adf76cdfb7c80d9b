import { INIT_SEGMENT, mediaSegmentName } from "../media/segment-name.ts";
import { borderTime, segmentCount, type Timeline } from "../media/timeline.ts";
import { multiply, rational, round, toDecimal } from "../rational.ts";
import { formatAttributeList, quoted } from "./attribute-list.ts";

const MICROSECONDS = rational(1_000_000);

/** Segments [first, end) of a timeline. */
export interface SegmentRange {
  readonly first: number;
  readonly end: number;
}

/** What a media playlist says besides its segments. */
export interface MediaPlaylistOptions {
  /** What each URI ends in. */
  readonly query?: string;
  /** Whether each segment decodes without the one before it, as all do that are encoded. */
  readonly isIndependent?: boolean;
  /** Each segment is one picture, shown until the next one. */
  readonly isIframes?: boolean;
  /** What of the rendition is listed, in place of all of it. */
  readonly range?: SegmentRange;
}

/** A whole VOD media playlist (RFC 8216bis 4.4.3), known before a segment exists. */
export function formatMediaPlaylist(
  timeline: Timeline,
  targetDuration: number,
  { query = "", isIndependent = true, isIframes = false, range }: MediaPlaylistOptions = {},
): string {
  const headers = [
    ...(isIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    // 4.4.3.6: an I-frame lasts until the next one.
    ...(isIframes ? ["#EXT-X-I-FRAMES-ONLY"] : []),
    `#EXT-X-MAP:${formatAttributeList({ URI: quoted(INIT_SEGMENT + query) })}`,
  ];
  const uriOf = (index: number) => mediaSegmentName(index) + query;
  return formatVodPlaylist(timeline, targetDuration, headers, uriOf, range);
}

/** @param headers tags that stand before the first segment. */
export function formatVodPlaylist(
  timeline: Timeline,
  targetDuration: number,
  headers: readonly string[],
  uriOf: (index: number) => string,
  { first, end }: SegmentRange = { first: 0, end: segmentCount(timeline) },
): string {
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...headers,
  ];
  // Borders are rounded, not durations: the sum is off by less than a microsecond at any length.
  const timeOf = (border: number) => round(multiply(borderTime(timeline, border), MICROSECONDS));
  for (let index = first; index < end; index++) {
    const duration = rational(timeOf(index + 1) - timeOf(index), MICROSECONDS.n);
    lines.push(`#EXTINF:${toDecimal(duration, 6)},`, uriOf(index));
  }
  lines.push("#EXT-X-ENDLIST", "");
  return lines.join("\n");
}
