import type { CheckedPlaylist, CheckedSegment } from "../checked-playlist.ts";
import { secondsOf, type TrackSpan } from "../media/track-span.ts";
import type { Finding, Place } from "../violation.ts";

/** Of exact decode times, seconds: what rounding to a coarse timescale makes. */
const TOLERANCE = 0.002;
/** Time stamps that are further off belong to another sequence. */
const OTHER_SEQUENCE = 60;

/** Whether each segment begins where the one before it ended, track by track (3, 4.4.4.3). */
export function checkContinuity({ playlist, segments }: CheckedPlaylist): readonly Finding[] {
  if (playlist.isIframesOnly) return [];
  return segments.flatMap((next, position) => {
    const place = { url: playlist.url, line: next.segment.line, segment: next.segment.index };
    const undated = next.tracks.filter(({ decodeStart }) => decodeStart === undefined);
    const previous = segments[position - 1];
    return [
      ...undated.map(({ kind }): Finding => {
        return {
          code: "decode-time-missing",
          place,
          expected: "a tfdt box",
          found: `none in its ${kind} fragment`,
        };
      }),
      ...(previous && !next.segment.isDiscontinuous ? checkSeam(previous, next, place) : []),
    ];
  });
}

function checkSeam(previous: CheckedSegment, next: CheckedSegment, place: Place): readonly Finding[] {
  if (previous.tracks.length === 0 || next.tracks.length === 0) return [];
  const before = previous.tracks.map(form).sort().join(", ");
  const after = next.tracks.map(form).sort().join(", ");
  if (before !== after)
    return [{ code: "discontinuity-missing", place, expected: `${before}, as before`, found: after }];
  return next.tracks.flatMap((track) => {
    const last = previous.tracks.find(({ id }) => id === track.id);
    return last ? checkTrack(last, track, place) : [];
  });
}

/** Another kind, number or codec of tracks is another sequence. */
function form({ kind, codec }: TrackSpan): string {
  return `${kind} ${codec.split(".")[0]}`;
}

function checkTrack(last: TrackSpan, next: TrackSpan, place: Place): readonly Finding[] {
  if (next.decodeStart === undefined) return [];
  const from = secondsOf(last, last.decodeEnd);
  const to = secondsOf(next, next.decodeStart);
  const step = next.isExact ? to - from : withoutWrap(to - from);
  const tolerance = next.isExact ? TOLERANCE : Math.max(TOLERANCE, 0.75 * secondsOf(next, next.sampleTicks));
  if (Math.abs(step) <= tolerance) return [];
  const code = Math.abs(step) > OTHER_SEQUENCE ? "discontinuity-missing" : step > 0 ? "gap" : "overlap";
  const found = `${to.toFixed(4)} s, ${Math.abs(step).toFixed(4)} s ${step > 0 ? "later" : "earlier"}`;
  return [{ code, place, expected: `${next.kind} from ${from.toFixed(4)} s on`, found }];
}

/** The clock of MPEG-TS begins anew after 26.5 hours. */
function withoutWrap(step: number): number {
  const turn = 2 ** 33 / 90_000;
  return step - turn * Math.round(step / turn);
}
