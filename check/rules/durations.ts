import type { CheckedPlaylist, CheckedSegment } from "../checked-playlist.ts";
import { mainTrack, secondsOf } from "../media/track-span.ts";
import type { Finding } from "../violation.ts";

/** How far EXTINF may be from the media beyond a sample, seconds; players take it as a hint. */
const TOLERANCE = 0.05;
/** Whole seconds, as versions below 3 have them, are rounded. */
const WHOLE_TOLERANCE = 0.5;
/** Seeking misses by as much as EXTINF adds up to something else. */
const MOST_DRIFT = 0.5;

/** EXTINF against the target duration and against the media (4.4.3.1, 4.4.4.1). */
export function checkDurations({ playlist, segments }: CheckedPlaylist): readonly Finding[] {
  return [
    ...segments.flatMap((one) => checkTarget(one, playlist)),
    ...(playlist.isIframesOnly ? [] : segments.flatMap((one) => checkExtinf(one, playlist.url))),
    ...(playlist.isIframesOnly ? [] : checkDrift(segments, playlist.url)),
  ];
}

function checkTarget(
  { segment }: CheckedSegment,
  { url, targetDuration }: CheckedPlaylist["playlist"],
): readonly Finding[] {
  if (targetDuration === undefined || Math.round(segment.seconds) <= targetDuration) return [];
  const place = { url, line: segment.line, segment: segment.index };
  const expected = `at most ${targetDuration} s when rounded`;
  return [{ code: "target-duration-exceeded", place, expected, found: `EXTINF:${segment.seconds}` }];
}

function checkExtinf({ segment, tracks }: CheckedSegment, url: string): readonly Finding[] {
  const track = mainTrack(tracks);
  if (track?.decodeStart === undefined) return [];
  const measured = secondsOf(track, track.decodeEnd - track.decodeStart);
  const tolerance = (segment.hasFraction ? TOLERANCE : WHOLE_TOLERANCE) + secondsOf(track, track.sampleTicks);
  if (Math.abs(measured - segment.seconds) <= tolerance) return [];
  const place = { url, line: segment.line, segment: segment.index };
  const found = `${measured.toFixed(3)} s of ${track.kind}`;
  return [{ code: "extinf-wrong", place, expected: `EXTINF:${segment.seconds}`, found }];
}

/** Once a discontinuity: where the playlist's clock has left the media's. */
function checkDrift(segments: readonly CheckedSegment[], url: string): readonly Finding[] {
  const findings: Finding[] = [];
  let time = 0;
  let origin: number | undefined;
  let isReported = false;
  for (const { segment, tracks } of segments) {
    if (segment.isDiscontinuous) [origin, isReported] = [undefined, false];
    const track = mainTrack(tracks);
    if (track) {
      const offset = secondsOf(track, track.presentationStart) - time;
      origin ??= offset;
      const drift = offset - origin;
      if (Math.abs(drift) > MOST_DRIFT && !isReported) {
        isReported = true;
        const place = { url, line: segment.line, segment: segment.index };
        const expected = `media at ${time.toFixed(3)} s of the playlist`;
        findings.push({
          code: "playlist-drift",
          place,
          expected,
          found: `media of ${(time + drift).toFixed(3)} s`,
        });
      }
    }
    time += segment.seconds;
  }
  return findings;
}
