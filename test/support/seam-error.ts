/** Differences to an unbroken encode: root mean square of one channel's samples, full scale is 1. */
export interface SeamError {
  /** In the window round each seam, in the order of the seams. */
  readonly seams: readonly number[];
  /** Over everything outside those windows. */
  readonly elsewhere: number;
  /** The largest single difference within any of the windows. */
  readonly peak: number;
}

/**
 * Compares `decoded` with `reference` sample by sample where both exist. `seams` are sample indices, a window
 * reaches `radius` samples to both sides. Sound seams have about the error of elsewhere.
 */
export function seamError(
  reference: Float32Array,
  decoded: Float32Array,
  seams: readonly number[],
  radius = 1024,
): SeamError {
  const length = Math.min(reference.length, decoded.length);
  const outside = seams.find((seam) => seam < radius || seam + radius > length);
  if (outside !== undefined) throw new Error(`no full window round seam ${outside} in ${length} samples`);
  const squares = new Float64Array(length);
  for (let index = 0; index < length; index++) squares[index] = (decoded[index]! - reference[index]!) ** 2;
  const windows = seams.map((seam) => squares.slice(seam - radius, seam + radius));
  const peak = Math.sqrt(windows.reduce((most, window) => window.reduce((a, b) => Math.max(a, b), most), 0));
  for (const seam of seams) squares.fill(Number.NaN, seam - radius, seam + radius);
  const rest = squares.filter((square) => !Number.isNaN(square));
  return { seams: windows.map(rootMean), elsewhere: rootMean(rest), peak };
}

function rootMean(squares: Float64Array): number {
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length));
}
