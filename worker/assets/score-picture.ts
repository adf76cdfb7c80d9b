/** From this on a picture is good enough that no other needs to be looked at. */
export const GOOD_SCORE = 30;

const DARK = 40;
const BRIGHT = 215;

/**
 * How much there is to see on a picture: the standard deviation of its lightness, less where it is nearly black or
 * nearly white as a whole.
 * @param luma one byte a pixel.
 */
export function scorePicture(luma: Uint8Array): number {
  if (luma.length === 0) return 0;
  const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  const variance = luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length;
  const exposure = Math.min(1, mean / DARK, (255 - mean) / (255 - BRIGHT));
  return Math.sqrt(variance) * exposure;
}
