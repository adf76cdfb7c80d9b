import type { CheckedPlaylist } from "../checked-playlist.ts";
import type { Finding } from "../violation.ts";

/** Times of cues are whole milliseconds, borders are not. */
const TOLERANCE = 0.01;

/**
 * Whether cues are shown while their segment plays (3.1.4).
 * @param offset where the playlists' zero lies on the media's clock, seconds.
 */
export function checkCues({ playlist, segments }: CheckedPlaylist, offset: number): readonly Finding[] {
  let start = offset;
  return segments.flatMap(({ segment, cues = [] }): Finding[] => {
    const [from, to] = [start, start + segment.seconds];
    start = to;
    const outside = cues.find((cue) => cue.end < from - TOLERANCE || cue.start > to + TOLERANCE);
    if (!outside) return [];
    const place = { url: playlist.url, line: segment.line, segment: segment.index };
    const expected = `cues from ${from.toFixed(3)} to ${to.toFixed(3)} s of the media`;
    return [{ code: "cue-outside", place, expected, found: `one from ${outside.start.toFixed(3)} s on` }];
  });
}
