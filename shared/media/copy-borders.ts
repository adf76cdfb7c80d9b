/** Seconds of the first segments: a player has its first picture sooner where the film's keyframes allow it. */
const SHORT_START_SECONDS = [1, 1, 2];
/** A keyframe so much after the wished length is near enough, as a share of it. */
const TOLERANCE = 0.05;
/** A keyframe sooner than this after a border is passed over: rungs are cut there, too. */
const SHORTEST_SECONDS = 0.5;
/** A rest shorter than this share of a segment stays with the one before. */
const SHORTEST_REST = 0.25;

/**
 * Where segments of a copied picture begin and end: at keyframes, as near below the wished length as they lie.
 * @param keyframes presentation times, ticks, ascending, the first of them 0.
 * @param end of the picture, ticks.
 * @param segmentTicks wished length of a segment, and `timescale` ticks a second.
 */
export function copyBorders(
  keyframes: readonly number[],
  end: number,
  segmentTicks: number,
  timescale: number,
): readonly number[] {
  const borders = [0];
  for (let next = 1; next < keyframes.length; ) {
    const wished = Math.min(segmentTicks, (SHORT_START_SECONDS[borders.length - 1] ?? Infinity) * timescale);
    const latest = borders.at(-1)! + wished * (1 + TOLERANCE);
    if (end <= latest) break;
    while (next < keyframes.length && keyframes[next]! - borders.at(-1)! < SHORTEST_SECONDS * timescale)
      next += 1;
    if (next === keyframes.length) break;
    while (next + 1 < keyframes.length && keyframes[next + 1]! <= latest) next += 1;
    borders.push(keyframes[next]!);
    next += 1;
  }
  if (borders.length > 1 && end - borders.at(-1)! < segmentTicks * SHORTEST_REST) borders.pop();
  return [...borders, end];
}
