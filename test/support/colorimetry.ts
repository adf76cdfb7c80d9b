/** Colour by the book (CIE, BT.709, BT.2100), independent of what the product makes use of. */

export type Triple = readonly [number, number, number];
export type Matrix = readonly [Triple, Triple, Triple];

/** Chromaticities of red, green, blue and white, x and y of each. */
export interface Primaries {
  readonly red: readonly [number, number];
  readonly green: readonly [number, number];
  readonly blue: readonly [number, number];
}

const D65 = [0.3127, 0.329] as const;

/** H.273 table 2. */
export const PRIMARIES = {
  bt709: { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] },
  bt470bg: { red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] },
  smpte170m: { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  bt2020: { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
} as const satisfies Record<string, Primaries>;

/** Weights of red and blue in luma: H.273 table 4. */
export const LUMA = {
  bt709: { red: 0.2126, blue: 0.0722 },
  bt601: { red: 0.299, blue: 0.114 },
  bt2020: { red: 0.2627, blue: 0.0593 },
} as const;

export function apply(matrix: Matrix, [a, b, c]: Triple): Triple {
  return matrix.map((row) => row[0] * a + row[1] * b + row[2] * c) as unknown as Triple;
}

/** Linear light of these primaries, white at 1, to CIE XYZ (SMPTE RP 177). */
export function toXyz(primaries: Primaries): Matrix {
  const columns = [primaries.red, primaries.green, primaries.blue].map(xyzOf);
  const bare = transpose(columns as unknown as Matrix);
  const scale = apply(invert(bare), xyzOf(D65));
  return bare.map((row) => row.map((value, k) => value * scale[k]!)) as unknown as Matrix;
}

/** Linear light from one set of primaries to another. */
export function convertPrimaries(light: Triple, from: Primaries, to: Primaries): Triple {
  return apply(invert(toXyz(to)), apply(toXyz(from), light));
}

function xyzOf([x, y]: readonly [number, number]): Triple {
  return [x / y, 1, (1 - x - y) / y];
}

function transpose(m: Matrix): Matrix {
  return [0, 1, 2].map((k) => m.map((row) => row[k]!)) as unknown as Matrix;
}

function invert(m: Matrix): Matrix {
  const cross = (a: Triple, b: Triple): Triple => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const columns = [cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])] as const;
  const determinant = m[0].reduce((sum, value, k) => sum + value * columns[0][k]!, 0);
  return transpose(columns).map((row) => row.map((value) => value / determinant)) as unknown as Matrix;
}

/** What a screen makes of a signal of SDR (BT.1886 with a black of 0), and the reverse. */
export const displayed = (signal: number): number => Math.max(0, signal) ** 2.4;
export const signalFor = (light: number): number => Math.max(0, light) ** (1 / 2.4);

/** BT.2100 table 4: the signal of PQ for a luminance in cd/m². */
export function pqSignal(luminance: number): number {
  const y = (Math.max(0, luminance) / 10_000) ** (2610 / 16384);
  return ((3424 / 4096 + (2413 / 128) * y) / (1 + (2392 / 128) * y)) ** (2523 / 32);
}

/** BT.2100 table 5: the signals of HLG that a screen of 1,000 cd/m² shows as these luminances (system gamma 1.2). */
export function hlgSignals(luminances: Triple): Triple {
  const [r, g, b] = luminances.map((value) => value / 1000) as unknown as Triple;
  const luma = 0.2627 * r + 0.678 * g + 0.0593 * b;
  const gain = luma > 0 ? luma ** (1 / 1.2 - 1) : 0;
  return [r, g, b].map((value) => hlgOetf(Math.max(0, value * gain))) as unknown as Triple;
}

function hlgOetf(scene: number): number {
  if (scene <= 1 / 12) return Math.sqrt(3 * scene);
  const a = 0.17883277;
  return a * Math.log(12 * scene - (1 - 4 * a)) + (0.5 - a * Math.log(4 * a));
}

/** CIE 1976 L*a*b* of linear light in BT.709, white at 1. */
export function lab(light: Triple): Triple {
  const white = xyzOf(D65);
  const [x, y, z] = apply(toXyz(PRIMARIES.bt709), light).map((value, k) =>
    labCurve(value / white[k]!),
  ) as unknown as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function labCurve(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116;
}

/** ΔE*ab of 1976: 1 is just visible side by side; of saturated colours it is larger than CIEDE2000. */
export function colourDifference(one: Triple, other: Triple): number {
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
