/**
 * Where the segments of a copied picture begin, in one short string: for each the frames from the one before, two
 * digits to the base of 64, and a count behind those that repeat, such as `Bg*1799.` for a film of two hours with a
 * keyframe every four seconds. Ten thousand sources are kept in memory, and most have well over a thousand cuts.
 */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE = DIGITS.length;
const GAPS = /([\w-]{2})(?:\*(\d{1,6})\.)?/g;

export const CUTS_PATTERN = new RegExp(`^(?:${GAPS.source})*$`);
/** The longest gap that can be written, frames. */
export const LONGEST_GAP = BASE * BASE - 1;

/** @param cuts ascending frames, the first of them 0, no further apart than `LONGEST_GAP`. */
export function formatCuts(cuts: readonly number[]): string {
  const gaps = cuts.slice(1).map((cut, k) => cut - cuts[k]!);
  let text = "";
  for (let k = 0; k < gaps.length; ) {
    let count = 1;
    while (gaps[k + count] === gaps[k]) count += 1;
    const gap = DIGITS[Math.floor(gaps[k]! / BASE)]! + DIGITS[gaps[k]! % BASE]!;
    const repeated = `${gap}*${count}.`;
    text += repeated.length < 2 * count ? repeated : gap.repeat(count);
    k += count;
  }
  return text;
}

/** The frames that `formatCuts` was given. */
export function parseCuts(text: string): readonly number[] {
  const cuts = [0];
  for (const [, digits, count = "1"] of text.matchAll(GAPS)) {
    const gap = BASE * DIGITS.indexOf(digits![0]!) + DIGITS.indexOf(digits![1]!);
    for (let k = Number(count); k > 0; k--) cuts.push(cuts.at(-1)! + gap);
  }
  return cuts;
}
