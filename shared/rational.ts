/**
 * Exact rational numbers for media time. Seconds and rates are never floats here: a film of
 * 24000/1001 frames/s has borders that no float hits.
 *
 * Both parts are safe integers in lowest terms, `d` > 0, so that a value survives JSON.
 */
export interface Rational {
  readonly n: number;
  readonly d: number;
}

/** A result whose parts don't fit a safe integer; only a nonsensical time stamp gets here. */
export class RationalOverflowError extends RangeError {
  override readonly name = "RationalOverflowError";
}

export const ZERO: Rational = { n: 0, d: 1 };

export function rational(n: number, d = 1): Rational {
  return reduce(BigInt(n), BigInt(d));
}

export function add(a: Rational, b: Rational): Rational {
  return reduce(BigInt(a.n) * BigInt(b.d) + BigInt(b.n) * BigInt(a.d), BigInt(a.d) * BigInt(b.d));
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { n: -b.n, d: b.d });
}

export function multiply(a: Rational, b: Rational): Rational {
  return reduce(BigInt(a.n) * BigInt(b.n), BigInt(a.d) * BigInt(b.d));
}

export function divide(a: Rational, b: Rational): Rational {
  return reduce(BigInt(a.n) * BigInt(b.d), BigInt(a.d) * BigInt(b.n));
}

/** Negative, zero or positive, as for `Array.prototype.sort`. */
export function compare(a: Rational, b: Rational): number {
  const difference = BigInt(a.n) * BigInt(b.d) - BigInt(b.n) * BigInt(a.d);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function max(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function floor(a: Rational): number {
  return toSafe(floorDivide(BigInt(a.n), BigInt(a.d)));
}

export function ceil(a: Rational): number {
  // Not a unary minus: that would make -0.
  return 0 - floor({ n: -a.n, d: a.d });
}

/** Nearest integer, halves upwards. */
export function round(a: Rational): number {
  return toSafe(floorDivide(2n * BigInt(a.n) + BigInt(a.d), 2n * BigInt(a.d)));
}

export function toNumber(a: Rational): number {
  return a.n / a.d;
}

/** Fixed-point decimal rounded to `digits` places: `1001/24000` → `0.041708`. */
export function toDecimal(a: Rational, digits: number): string {
  const scaled = floorDivide(2n * BigInt(a.n) * 10n ** BigInt(digits) + BigInt(a.d), 2n * BigInt(a.d));
  const magnitude = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, "0");
  const sign = scaled < 0n ? "-" : "";
  if (digits === 0) return sign + magnitude;
  return `${sign}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`;
}

/** `n/d`, the way FFmpeg reads a rate. */
export function toFraction(a: Rational): string {
  return `${a.n}/${a.d}`;
}

/** Reads `24000/1001`, `25:1`, `30` or `-1.466667`; undefined for anything else, and for n/0. */
export function parseRational(text: string): Rational | undefined {
  const fraction = /^(-?\d{1,15})[/:](\d{1,15})$/.exec(text);
  if (fraction) {
    const d = Number(fraction[2]);
    return d === 0 ? undefined : rational(Number(fraction[1]), d);
  }
  const decimal = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  if (!decimal) return undefined;
  const places = decimal[3] ?? "";
  const n = BigInt(`${decimal[2]}${places}`);
  try {
    return reduce(decimal[1] ? -n : n, 10n ** BigInt(places.length));
  } catch (error) {
    if (error instanceof RationalOverflowError) return undefined;
    throw error;
  }
}

function reduce(n: bigint, d: bigint): Rational {
  if (d === 0n) throw new RangeError("division by zero");
  let a = n < 0n ? -n : n;
  let b = d < 0n ? -d : d;
  while (b) [a, b] = [b, a % b];
  const sign = d < 0n ? -1n : 1n;
  return { n: toSafe((sign * n) / a), d: toSafe((sign * d) / a) };
}

function floorDivide(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n % d < 0n ? quotient - 1n : quotient;
}

function toSafe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RationalOverflowError(`${value} is no safe integer`);
  return number;
}
