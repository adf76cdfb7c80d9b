import type { CheckedPlaylist } from "../checked-playlist.ts";
import { mainTrack, secondsOf } from "../media/track-span.ts";
import type { Finding } from "../violation.ts";

/** How far a rendition may be out of step, seconds. */
const TOLERANCE = 0.1;

/** Whether all playlists of a stream count from the same moment, last equally long, and have one target duration (6.2.4). */
export function checkAlignment(playlists: readonly CheckedPlaylist[]): readonly Finding[] {
  const played = playlists.filter(({ playlist }) => !playlist.isIframesOnly);
  const timed = played.filter((one) => mediaOffset(one) !== undefined);
  const [first] = timed;
  if (!first) return [];
  const longest = Math.max(...timed.map(lastingSeconds));
  return [
    ...timed.slice(1).flatMap((one) => checkOffset(first, one)),
    ...timed.flatMap((one) => checkLength(one, longest)),
    ...timed.slice(1).flatMap((one) => checkTargetDuration(first, one)),
  ];
}

/** Where the playlist's zero lies on the media's clock, seconds. */
export function mediaOffset({ segments }: CheckedPlaylist): number | undefined {
  let time = 0;
  for (const { segment, tracks } of segments) {
    const track = mainTrack(tracks);
    if (track) return secondsOf(track, track.presentationStart) - time;
    time += segment.seconds;
  }
  return undefined;
}

function checkOffset(first: CheckedPlaylist, other: CheckedPlaylist): readonly Finding[] {
  const [from, at] = [mediaOffset(first)!, mediaOffset(other)!];
  if (Math.abs(at - from) <= TOLERANCE) return [];
  const expected = `media from ${from.toFixed(3)} s on, as ${first.playlist.url} has it`;
  return [
    {
      code: "renditions-unaligned",
      place: { url: other.playlist.url },
      expected,
      found: `from ${at.toFixed(3)} s on`,
    },
  ];
}

function checkLength(one: CheckedPlaylist, longest: number): readonly Finding[] {
  const seconds = lastingSeconds(one);
  if (longest - seconds <= Math.max(1, one.playlist.targetDuration ?? 1)) return [];
  const found = `${seconds.toFixed(3)} s`;
  return [
    { code: "rendition-short", place: { url: one.playlist.url }, expected: `${longest.toFixed(3)} s`, found },
  ];
}

function lastingSeconds({ segments }: CheckedPlaylist): number {
  return segments.reduce((sum, { segment }) => sum + segment.seconds, 0);
}

function checkTargetDuration(first: CheckedPlaylist, { playlist }: CheckedPlaylist): readonly Finding[] {
  const { targetDuration } = first.playlist;
  if (playlist.targetDuration === targetDuration) return [];
  const [expected, found] = [`${targetDuration} s, as the first has`, `${playlist.targetDuration} s`];
  return [{ code: "target-duration-differs", place: { url: playlist.url }, expected, found }];
}
