/**
 * Decode times for packets of which the presentation times are known, as of Matroska, which stores no others: those
 * times in order, `reorderTicks` earlier, so that segments join whatever was made before or after; earlier still
 * where a picture would be shown before it is decoded, and never before the packet's place from `earliest` on.
 * @param presentation times in decoding order, ticks.
 * @returns strictly increasing, none after its presentation time.
 */
export function decodeTimes(
  presentation: readonly number[],
  reorderTicks: number,
  earliest: number,
): readonly number[] {
  const inOrder = presentation.toSorted((a, b) => a - b);
  const times = inOrder.map((time) => time - reorderTicks);
  for (let k = times.length - 1; k >= 0; k--) {
    const next = times[k + 1] ?? Number.POSITIVE_INFINITY;
    times[k] = Math.min(times[k]!, presentation[k]!, next - 1);
  }
  return times.map((time, position) => Math.max(time, earliest + position));
}
