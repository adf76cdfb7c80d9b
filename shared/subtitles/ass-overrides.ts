import { nearestPlacement, type Placement, parseLegacyPlacement, parsePlacement } from "./placement.ts";
import type { TextStyle } from "./styled-text.ts";

/** How text goes on after some overrides. */
export interface OverriddenText {
  readonly style: TextStyle;
  readonly placement: Placement | undefined;
  /** What follows are the strokes of a drawing, not text. */
  readonly isDrawing: boolean;
}

/** The size that a script's positions refer to. */
export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

const OVERRIDE = /\\(?:pos\(([^(),]*),([^(),]*)\)|an(\d)|a(\d{1,2})|([biup])(\d{1,4})|(r))/g;
/** `\b` has a weight as well. */
const BOLD_WEIGHT = 600;

/**
 * Reads a block of override tags, such as `\an8\i1`. Colours, fonts, borders and motion are passed over.
 * @param base the look that `\r` goes back to.
 */
export function applyOverrides(
  block: string,
  before: OverriddenText,
  base: TextStyle,
  plane: PlaneSize,
): OverriddenText {
  let { style, placement, isDrawing } = before;
  for (const [, x, y, an, a, flag, value, reset] of block.matchAll(OVERRIDE)) {
    if (x !== undefined) placement = nearestPlacement(Number(x), Number(y), plane.width, plane.height);
    else if (an !== undefined) placement ??= parsePlacement(an);
    else if (a !== undefined) placement ??= parseLegacyPlacement(a);
    else if (reset) style = base;
    else if (flag === "p") isDrawing = Number(value) > 0;
    else style = { ...style, [flag!]: Number(value) === 1 || Number(value) >= BOLD_WEIGHT };
  }
  return { style, placement, isDrawing };
}
