import { INIT_SEGMENT, mediaSegmentName } from "../media/segment-name.ts";
import { borderTime, segmentCount, type Timeline } from "../media/timeline.ts";
import { multiply, rational, round, toDecimal } from "../rational.ts";
import { formatAttributeList, quoted } from "./attribute-list.ts";

const MICROSECONDS = rational(1_000_000);

/** What a media playlist says besides its segments. */
export interface MediaPlaylistOptions {
  /** What each URI ends in. */
  readonly query?: string;
  /** Whether each segment decodes without the one before it, as all do that are encoded. */
  readonly isIndependent?: boolean;
  /** Each segment is one picture, shown until the next one. */
  readonly isIframes?: boolean;
}

/** A whole VOD media playlist (RFC 8216bis 4.4.3), known before a segment exists. */
export function formatMediaPlaylist(
  timeline: Timeline,
  targetDuration: number,
  { query = "", isIndependent = true, isIframes = false }: MediaPlaylistOptions = {},
): string {
  const headers = [
    ...(isIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    // 4.4.3.6: an I-frame lasts until the next one.
    ...(isIframes ? ["#EXT-X-I-FRAMES-ONLY"] : []),
    `#EXT-X-MAP:${formatAttributeList({ URI: quoted(INIT_SEGMENT + query) })}`,
  ];
  return formatVodPlaylist(timeline, targetDuration, headers, (index) => mediaSegmentName(index) + query);
}

/** @param headers tags that stand before the first segment. */
export function formatVodPlaylist(
  timeline: Timeline,
  targetDuration: number,
  headers: readonly string[],
  uriOf: (index: number) => string,
): string {
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...headers,
  ];
  let start = 0;
  for (let index = 0; index < segmentCount(timeline); index++) {
    // Borders are rounded, not durations: the sum is off by less than a microsecond at any length.
    const end = round(multiply(borderTime(timeline, index + 1), MICROSECONDS));
    lines.push(`#EXTINF:${toDecimal(rational(end - start, MICROSECONDS.n), 6)},`, uriOf(index));
    start = end;
  }
  lines.push("#EXT-X-ENDLIST", "");
  return lines.join("\n");
}
