import type { CheckedPlaylist } from "../checked-playlist.ts";
import type { Finding } from "../violation.ts";

/** Section 4, and what RFC 8216bis names for each form of segment; what is not said can't be wrong. */
const PLAYLIST = /^(application\/(vnd\.apple\.mpegurl|x-mpegurl)|audio\/(x-)?mpegurl)$/;
const SEGMENT =
  /^(video|audio|application)\/(mp4|mp2t|iso\.segment|aac|x-aac|mpeg|ac3|eac3|octet-stream)$|^image\//;
const TEXT = /^text\/vtt$/;

export function checkPlaylistType(url: string, contentType: string | undefined): readonly Finding[] {
  return check({ url }, contentType, PLAYLIST, "application/vnd.apple.mpegurl");
}

/** Once a media playlist, where its first such segment stands. */
export function checkSegmentTypes({ playlist, segments }: CheckedPlaylist): readonly Finding[] {
  const findings = segments.flatMap(({ segment, contentType, cues, size }) => {
    const place = { url: playlist.url, line: segment.line, segment: segment.index };
    if (size === 0) return [];
    return cues
      ? check(place, contentType, TEXT, "text/vtt")
      : check(place, contentType, SEGMENT, "video/mp4, video/mp2t or another type of media");
  });
  return findings.slice(0, 1);
}

function check(place: Finding["place"], type: string | undefined, good: RegExp, expected: string): Finding[] {
  const plain = type?.replace(/;.*/, "").trim().toLowerCase();
  return plain === undefined || good.test(plain)
    ? []
    : [{ code: "content-type", place, expected, found: plain }];
}
