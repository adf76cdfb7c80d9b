export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A picture's size at a width, its shape kept; even, since colours are kept for two by two pixels. */
export function sizeAtWidth({ width, height }: PictureSize, wanted: number): PictureSize {
  const even = (pixels: number) => Math.max(2, 2 * Math.round(pixels / 2));
  return { width: even(wanted), height: even((wanted * height) / width) };
}
