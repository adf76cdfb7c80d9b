/** Where text stands, by the keys of a number pad: 1 is bottom left, 9 top right. 2 is where it usually is. */
export type Placement = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export const USUAL_PLACEMENT: Placement = 2;

/** WebVTT cue settings; whole lines at the top, since not all players count lines from a cue's middle or end. */
export function placementSettings(placement: Placement): string {
  const row = placement > 6 ? "line:0" : placement > 3 ? "line:50%" : "";
  const column = ["align:start", "", "align:end"][(placement - 1) % 3];
  return [row, column].filter(Boolean).join(" ");
}

/** ASS's `\an` and the alignment of its styles. */
export function parsePlacement(text: string): Placement | undefined {
  return /^[1-9]$/.test(text) ? (Number(text) as Placement) : undefined;
}

/** `\a` and the alignment of SSA's styles: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the middle. */
export function parseLegacyPlacement(text: string): Placement | undefined {
  const old = Number(text);
  if (![1, 2, 3, 5, 6, 7, 9, 10, 11].includes(old)) return undefined;
  return (old < 4 ? old : old < 8 ? old + 2 : old - 5) as Placement;
}

/** The place of the nine that a point of the picture lies in. */
export function nearestPlacement(x: number, y: number, width: number, height: number): Placement {
  const third = (value: number, size: number) => (value < size / 3 ? 0 : value > (size * 2) / 3 ? 2 : 1);
  return (7 - 3 * third(y, height) + third(x, width)) as Placement;
}
