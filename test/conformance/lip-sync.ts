import { findOnsets } from "../support/markers.ts";

/** Sound minus picture at a marker, seconds; undefined where the marker has no burst (before late sound). */
export type MarkerOffsets = readonly (number | undefined)[];

/** A burst further than this from its flash is another one's. */
const REACH = 0.2;

export function markerOffsets(flashes: readonly number[], sound: Float32Array, rate: number): MarkerOffsets {
  const onsets = findOnsets(sound, rate);
  return flashes.map((flash) => {
    const [nearest] = onsets.map((onset) => onset - flash).sort((a, b) => Math.abs(a) - Math.abs(b));
    return nearest !== undefined && Math.abs(nearest) < REACH ? nearest : undefined;
  });
}

/** How far the sound moved against the picture, ms, at each marker that both have: first … last. */
export function addedOffsets(source: MarkerOffsets, served: MarkerOffsets): number[] {
  return source.flatMap((offset, index) => {
    const now = served[index];
    return offset === undefined || now === undefined ? [] : [(now - offset) * 1000];
  });
}
