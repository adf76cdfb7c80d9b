/**
 * Exact rational numbers for media time. Seconds and rates are never floats here: a film of
 * 24000/1001 frames/s has borders that no float hits.
 *
 * Both parts are safe integers in lowest terms, `d` > 0, so that a value survives JSON.
 *
 * Numbers count exactly as long as every sum and product is a safe integer, which it nearly always is; where one
 * isn't, big integers, ten times slower, count on.
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
  return Number.isSafeInteger(n) && Number.isSafeInteger(d)
    ? reduceNumbers(n, d)
    : reduce(BigInt(n), BigInt(d));
}

export function add(a: Rational, b: Rational): Rational {
  const left = a.n * b.d;
  const right = b.n * a.d;
  const d = a.d * b.d;
  if (isExact(left) && isExact(right) && isExact(left + right) && isExact(d))
    return reduceNumbers(left + right, d);
  return reduce(BigInt(a.n) * BigInt(b.d) + BigInt(b.n) * BigInt(a.d), BigInt(a.d) * BigInt(b.d));
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { n: -b.n, d: b.d });
}

export function multiply(a: Rational, b: Rational): Rational {
  const n = a.n * b.n;
  const d = a.d * b.d;
  if (isExact(n) && isExact(d)) return reduceNumbers(n, d);
  return reduce(BigInt(a.n) * BigInt(b.n), BigInt(a.d) * BigInt(b.d));
}

export function divide(a: Rational, b: Rational): Rational {
  const n = a.n * b.d;
  const d = a.d * b.n;
  if (isExact(n) && isExact(d)) return reduceNumbers(n, d);
  return reduce(BigInt(a.n) * BigInt(b.d), BigInt(a.d) * BigInt(b.n));
}

/** Negative, zero or positive, as for `Array.prototype.sort`. */
export function compare(a: Rational, b: Rational): number {
  const left = a.n * b.d;
  const right = b.n * a.d;
  if (isExact(left) && isExact(right)) return Math.sign(left - right);
  const difference = BigInt(a.n) * BigInt(b.d) - BigInt(b.n) * BigInt(a.d);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function max(a: Rational, b: Rational): Rational {
  return compare(a, b) >= 0 ? a : b;
}

export function floor(a: Rational): number {
  // Of two safe integers the quotient is never rounded up to a whole number.
  return Math.floor(a.n / a.d);
}

export function ceil(a: Rational): number {
  // Not a unary minus: that would make -0.
  return 0 - floor({ n: -a.n, d: a.d });
}

/** Nearest integer, halves upwards. */
export function round(a: Rational): number {
  const n = 2 * a.n + a.d;
  const d = 2 * a.d;
  if (isExact(n) && isExact(d)) return Math.floor(n / d);
  return toSafe(floorDivide(2n * BigInt(a.n) + BigInt(a.d), 2n * BigInt(a.d)));
}

export function toNumber(a: Rational): number {
  return a.n / a.d;
}

/** Fixed-point decimal rounded to `digits` places: `1001/24000` → `0.041708`. */
export function toDecimal(a: Rational, digits: number): string {
  const scaled = scale(a, digits);
  const magnitude = (scaled < 0 ? -scaled : scaled).toString().padStart(digits + 1, "0");
  const sign = scaled < 0 ? "-" : "";
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

/** The nearest whole number of 10^-digits, halves upwards. */
function scale(a: Rational, digits: number): number | bigint {
  const n = 2 * a.n * 10 ** digits;
  const d = 2 * a.d;
  if (isExact(n) && isExact(n + a.d) && isExact(d)) return Math.floor((n + a.d) / d);
  return floorDivide(2n * BigInt(a.n) * 10n ** BigInt(digits) + BigInt(a.d), 2n * BigInt(a.d));
}

/** A sum or product of safe integers that is one itself: rounded, it would be greater. */
function isExact(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}

function reduceNumbers(n: number, d: number): Rational {
  if (d === 0) throw new RangeError("division by zero");
  let a = Math.abs(n);
  for (let b = Math.abs(d); b > 0; ) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  const sign = d < 0 ? -1 : 1;
  // Not -0, which is no different from 0 but looks so.
  return { n: n === 0 ? 0 : (sign * n) / a, d: (sign * d) / a };
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
