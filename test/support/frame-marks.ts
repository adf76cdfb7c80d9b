/**
 * What the test footage carries so that results can be measured, as constants shared by those who draw it and
 * those who read it. Everything is a fraction of the DISPLAYED picture, so it survives scaling and rotation.
 */

/** A box in fractions (0..1) of the displayed width and height. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Cells of the number strip: cell k, from the left, is white when bit k of the frame number is 1. */
export const stripCells = 12;

/** The number strip: top-left corner, 480 x 40 of 1280 x 720. */
export const strip: Box = { x: 0, y: 0, width: 480 / 1280, height: 40 / 720 };

/** The flash box: black, and white for the one frame of each marker. */
export const flash: Box = { x: 0.55, y: 0.6, width: 0.4, height: 0.3 };

/** The burst that sounds when a flash begins: a sine whose frequency rises, from phase 0 with no fade. */
export const burst = { seconds: 0.03, fromHz: 3000, toHz: 9000, amplitude: 0.4 } as const;

/** The burst's waveform (peak 1) at `seconds` after its onset. */
export function burstAt(seconds: number): number {
  if (seconds < 0 || seconds >= burst.seconds) return 0;
  const slope = (burst.toHz - burst.fromHz) / burst.seconds;
  return Math.sin(2 * Math.PI * (burst.fromHz * seconds + (slope / 2) * seconds * seconds));
}

/** Frames from one marker to the next: two seconds, which is 48 frames (2.002 s) at 24000/1001. */
export function markerFrames(rate: { readonly num: number; readonly den: number }): number {
  return Math.round((2 * rate.num) / rate.den);
}
