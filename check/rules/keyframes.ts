import type { CheckedPlaylist } from "../checked-playlist.ts";
import type { Finding } from "../violation.ts";

/**
 * Where all segments are said to decode by themselves, or to be I-frames: whether each begins with a keyframe.
 * @param isIndependent as the multivariant playlist has it for all (4.4.2.1).
 */
export function checkKeyframes(
  { playlist, segments }: CheckedPlaylist,
  isIndependent: boolean,
): readonly Finding[] {
  const { url, isIframesOnly } = playlist;
  if (!isIframesOnly && !isIndependent && !playlist.isIndependent) return [];
  const code = isIframesOnly ? "iframe-missing" : "segment-not-independent";
  return segments.flatMap(({ segment, tracks }): Finding[] => {
    const picture = tracks.find(({ kind }) => kind === "video");
    if (!picture || picture.beginsWithSync) return [];
    const place = { url, line: segment.line, segment: segment.index };
    return [{ code, place, expected: "a keyframe first", found: "a picture that needs others" }];
  });
}
