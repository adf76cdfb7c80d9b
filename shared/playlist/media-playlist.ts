import { INIT_SEGMENT, mediaSegmentName } from "../media/segment-name.ts";
import { borderTime, segmentCount, type Timeline } from "../media/timeline.ts";
import type { Rendition } from "../media/title.ts";
import { multiply, rational, round, toDecimal } from "../rational.ts";
import { formatAttributeList, quoted } from "./attribute-list.ts";

const MICROSECONDS = rational(1_000_000);

/**
 * A whole VOD media playlist (RFC 8216bis 4.4.3), known before a segment exists.
 * @param query what each URI ends in.
 * @param kind of the rendition.
 */
export function formatMediaPlaylist(
  timeline: Timeline,
  targetDuration: number,
  query = "",
  kind: Rendition["kind"] = "video",
): string {
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${targetDuration}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    // 4.4.3.6: an I-frame lasts until the next one.
    ...(kind === "iframe" ? ["#EXT-X-I-FRAMES-ONLY"] : []),
    `#EXT-X-MAP:${formatAttributeList({ URI: quoted(INIT_SEGMENT + query) })}`,
  ];
  let start = 0;
  for (let index = 0; index < segmentCount(timeline); index++) {
    // Borders are rounded, not durations: the sum is off by less than a microsecond at any length.
    const end = round(multiply(borderTime(timeline, index + 1), MICROSECONDS));
    lines.push(
      `#EXTINF:${toDecimal(rational(end - start, MICROSECONDS.n), 6)},`,
      mediaSegmentName(index) + query,
    );
    start = end;
  }
  lines.push("#EXT-X-ENDLIST", "");
  return lines.join("\n");
}
