import type { MediaPlaylist } from "../playlist/media-playlist.ts";
import type { Finding } from "../violation.ts";

/** Tags that a VOD media playlist must have, and the version that what it uses calls for (4.4.3, 8). */
export function checkPlaylistHeaders(playlist: MediaPlaylist): readonly Finding[] {
  const { url, segments, targetDuration, hasEnd, version, versionLine } = playlist;
  const place = { url };
  const findings: Finding[] = [];
  if (segments.length === 0)
    findings.push({ code: "playlist-empty", place, expected: "media segments", found: "none" });
  if (targetDuration === undefined)
    findings.push({
      code: "target-duration-missing",
      place,
      expected: "EXT-X-TARGETDURATION",
      found: "none",
    });
  if (!hasEnd) findings.push({ code: "endlist-missing", place, expected: "EXT-X-ENDLIST", found: "none" });
  const [needed, why] = neededVersion(playlist);
  if (version < needed) {
    const expected = `EXT-X-VERSION:${needed} or more, for ${why}`;
    const found = versionLine === undefined ? "none, which means 1" : `EXT-X-VERSION:${version}`;
    findings.push({ code: "version-too-low", place: { url, line: versionLine }, expected, found });
  }
  return findings;
}

/** Section 8. */
function neededVersion({
  segments,
  usesByteRanges,
  isIframesOnly,
}: MediaPlaylist): readonly [number, string] {
  const hasMap = segments.some(({ map }) => map !== undefined);
  if (hasMap && !isIframesOnly) return [6, "EXT-X-MAP"];
  if (hasMap) return [5, "EXT-X-MAP"];
  if (usesByteRanges) return [4, "EXT-X-BYTERANGE"];
  if (isIframesOnly) return [4, "EXT-X-I-FRAMES-ONLY"];
  if (segments.some(({ hasFraction }) => hasFraction)) return [3, "EXTINF with fractions"];
  return [1, "nothing"];
}
