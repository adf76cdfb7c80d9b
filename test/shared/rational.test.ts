import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  max,
  multiply,
  parseRational,
  type Rational,
  RationalOverflowError,
  rational,
  round,
  subtract,
  toDecimal,
  toFraction,
} from "../../shared/rational.ts";

const values = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }))
  .map(([n, d]) => rational(n, d));
const nonZero = values.filter(({ n }) => n !== 0);

/** a equals b where both are in lowest terms; the products stay below 2^53. */
function expectSame(a: Rational, b: Rational): void {
  expect(toFraction(a)).toBe(toFraction(b));
}

/** What comes out is n/d, unless its parts are no safe integers in lowest terms. */
function expectExact(compute: () => Rational, n: bigint, d: bigint): void {
  try {
    const result = compute();
    expect(BigInt(result.n) * d).toBe(BigInt(result.d) * n);
    expect([result.n, result.d].every(Number.isSafeInteger) && result.d > 0).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(RationalOverflowError);
    expect(greatestPart(n, d)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  }
}

function greatestPart(n: bigint, d: bigint): bigint {
  const [top, bottom] = [n < 0n ? -n : n, d < 0n ? -d : d];
  let [a, b] = [top, bottom];
  while (b) [a, b] = [b, a % b];
  return (top > bottom ? top : bottom) / a;
}

describe("rational", () => {
  it("is kept in lowest terms with a positive denominator", () => {
    expect(rational(48000, 1024)).toEqual({ n: 375, d: 8 });
    expect(rational(6, -4)).toEqual({ n: -3, d: 2 });
    expect(rational(0, 7)).toEqual({ n: 0, d: 1 });
  });

  it("adds and multiplies film time without an error after a whole film", () => {
    const frame = rational(1001, 24000);
    let sum = rational(0);
    for (let k = 0; k < 10_000; k++) sum = add(sum, frame);
    expectSame(sum, multiply(frame, rational(10_000)));
    expectSame(sum, rational(10_010_000, 24000));
  });

  it("keeps sums, products and their inverses exact", () => {
    fc.assert(
      fc.property(values, nonZero, (a, b) => {
        expectSame(subtract(add(a, b), b), a);
        expectSame(divide(multiply(a, b), b), a);
        expectSame(add(a, b), add(b, a));
      }),
    );
  });

  it("stays exact where products no longer fit a number, and says so where a result doesn't", () => {
    const size = fc.integer({ min: 0, max: 53 });
    const part = fc
      .tuple(size, fc.nat({ max: 2 ** 31 - 1 }))
      .map(([bits, x]) => Math.min(Number.MAX_SAFE_INTEGER, Math.ceil((x + 1) * 2 ** (bits - 31))));
    const any = fc.tuple(part, part, fc.boolean()).map(([n, d, negative]) => rational(negative ? -n : n, d));
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [an, ad, bn, bd] = [BigInt(a.n), BigInt(a.d), BigInt(b.n), BigInt(b.d)];
        expectExact(() => add(a, b), an * bd + bn * ad, ad * bd);
        expectExact(() => subtract(a, b), an * bd - bn * ad, ad * bd);
        expectExact(() => multiply(a, b), an * bn, ad * bd);
        expectExact(() => divide(a, b), an * bd, ad * bn);
        const order = an * bd - bn * ad;
        expect(compare(a, b)).toBe(order < 0n ? -1 : order > 0n ? 1 : 0);
        const below = BigInt(floor(a));
        expect(below * ad <= an && an < (below + 1n) * ad).toBe(true);
        const near = BigInt(round(a));
        expect((2n * near - 1n) * ad <= 2n * an && 2n * an < (2n * near + 1n) * ad).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("orders values as their cross products do", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(compare(a, b)).toBe(Math.sign(a.n * b.d - b.n * a.d));
        expect(compare(max(a, b), a)).toBeGreaterThanOrEqual(0);
        expect(compare(max(a, b), b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("rounds down, up and to the nearest, halves upwards, on both sides of zero", () => {
    expect([floor(rational(-7, 2)), ceil(rational(-7, 2)), round(rational(-7, 2))]).toEqual([-4, -3, -3]);
    expect([floor(rational(7, 2)), ceil(rational(7, 2)), round(rational(7, 2))]).toEqual([3, 4, 4]);
    expect([floor(rational(6)), ceil(rational(6)), round(rational(6))]).toEqual([6, 6, 6]);
  });

  it("keeps every rounding within its bound", () => {
    fc.assert(
      fc.property(values, (a) => {
        const below = subtract(a, rational(floor(a)));
        expect(below.n).toBeGreaterThanOrEqual(0);
        expect(below.n).toBeLessThan(below.d);
        expect(Math.abs(ceil(a) - floor(a))).toBe(a.d === 1 ? 0 : 1);
        const off = subtract(rational(round(a)), a);
        expect(compare(off, rational(-1, 2))).toBe(1);
        expect(compare(off, rational(1, 2))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("prints decimals with exactly the digits asked for", () => {
    expect(toDecimal(rational(1001, 24000), 6)).toBe("0.041708");
    expect(toDecimal(rational(24000, 1001), 3)).toBe("23.976");
    expect(toDecimal(rational(-1, 2), 1)).toBe("-0.5");
    expect(toDecimal(rational(-1, 1000), 2)).toBe("0.00");
    expect(toDecimal(rational(5, 2), 0)).toBe("3");
    expect(toDecimal(rational(1, 200), 2)).toBe("0.01");
    expect(toDecimal(rational(7200), 6)).toBe("7200.000000");
  });

  it("prints decimals that read back within half a last digit", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 6 }), (a, digits) => {
        const printed = toDecimal(a, digits);
        expect(printed).toMatch(digits === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${digits}}$`));
        const off = subtract(parseRational(printed)!, a);
        expect(compare({ n: Math.abs(off.n), d: off.d }, rational(1, 2 * 10 ** digits))).toBeLessThanOrEqual(
          0,
        );
      }),
    );
  });

  it("reads the forms that FFmpeg prints", () => {
    expect(parseRational("24000/1001")).toEqual({ n: 24000, d: 1001 });
    expect(parseRational("16:11")).toEqual({ n: 16, d: 11 });
    expect(parseRational("30")).toEqual({ n: 30, d: 1 });
    expect(parseRational("-1.466667")).toEqual({ n: -1466667, d: 1000000 });
    expect(parseRational("0.000000")).toEqual({ n: 0, d: 1 });
    expect(parseRational("-5/10")).toEqual({ n: -1, d: 2 });
  });

  it("reads back every fraction it prints", () => {
    fc.assert(fc.property(values, (a) => expectSame(parseRational(toFraction(a))!, a)));
  });

  it.each(["", "N/A", "0/0", "25/0", "1e5", "1/2/3", " 1", "1 ", "0x10", "1.", ".5", "--1", "inf", "1/-2"])(
    "reads no number in “%s”",
    (text) => {
      expect(parseRational(text)).toBeUndefined();
    },
  );

  it("answers any text with a number or nothing, never an error", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^-?\d{1,14}(\.\d{1,10})?$/)),
        (text) => void parseRational(text),
      ),
      { numRuns: 2000 },
    );
  });

  it("refuses a division by zero and a result that no safe integer holds", () => {
    expect(() => rational(1, 0)).toThrow(RangeError);
    expect(() => divide(rational(1), rational(0))).toThrow("division by zero");
    expect(() => multiply(rational(Number.MAX_SAFE_INTEGER), rational(2))).toThrow(RationalOverflowError);
  });
});
