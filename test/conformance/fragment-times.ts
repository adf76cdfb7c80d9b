import { type Fragment, readFragments, readInit, type Track } from "../../check/media/iso-bmff.ts";
import type { PlayedRendition } from "./served-title.ts";

/** The track of a played rendition, and its fragments by the index of their segment. */
export interface ReadRendition {
  readonly track: Track;
  readonly fragments: readonly Fragment[];
}

/** Reads all that was played; a segment that is not one fragment of one track is an error. */
export function readRendition({ init, segments }: PlayedRendition): ReadRendition {
  const tracks = readInit(init);
  const [track] = tracks;
  if (!track || tracks.length !== 1) throw new Error(`${tracks.length} tracks in an init segment`);
  const fragments = segments.map((segment, index) => {
    const [fragment, ...more] = readFragments(segment, tracks);
    if (!fragment || more.length > 0) throw new Error(`${1 + more.length} fragments in segment ${index}`);
    return fragment;
  });
  return { track, fragments };
}

/** When the first sample is presented, ticks. */
export function presentationStart({ fragments }: ReadRendition): number {
  return fragments[0]!.samples.reduce((least, { pts }) => Math.min(least, pts), Number.POSITIVE_INFINITY);
}

/** Where each fragment should begin and where it does: rows that differ are gaps (or overlaps). */
export function borders({ fragments }: ReadRendition): { expected: number; tfdt: number | undefined }[] {
  let expected = fragments[0]!.tfdt!;
  return fragments.map(({ tfdt, samples }) => {
    const border = { expected, tfdt };
    expected += samples.reduce((sum, { duration }) => sum + duration, 0);
    return border;
  });
}

/** The different steps from each sample to the next, in ticks: one value where all is even. */
export function steps({ fragments }: ReadRendition, time: "dts" | "pts"): number[] {
  const times = fragments.flatMap(({ samples }) => samples.map((sample) => sample[time]));
  if (time === "pts") times.sort((a, b) => a - b);
  return [...new Set(times.slice(1).map((value, index) => value - times[index]!))];
}

/** The highest bit rate of any segment by its EXTINF, bit/s. */
export function peakBitrate({ segments, rendition }: PlayedRendition): number {
  const rates = segments.map(
    (segment, index) => (segment.length * 8) / rendition.playlist.segments[index]!.seconds,
  );
  // Array.prototype.map leaves the holes of segments that nobody asked for.
  return rates.reduce((most, rate) => Math.max(most, rate), 0);
}

/** Sum of EXTINF, seconds. */
export function playlistSeconds({ rendition }: Pick<PlayedRendition, "rendition">): number {
  return rendition.playlist.segments.reduce((sum, { seconds }) => sum + seconds, 0);
}
