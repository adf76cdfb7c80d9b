import { multiply, type Rational, rational, toNumber } from "../rational.ts";

/** An H.264 level as `level_idc`: 31 is level 3.1. */
export type AvcLevel = number;

/** ITU-T H.264 table A-1: level_idc, macroblocks/s, macroblocks a frame, bit rate and CPB (1000 bit). */
const LEVELS: readonly (readonly [AvcLevel, number, number, number, number])[] = [
  [13, 11880, 396, 768, 2000],
  [21, 19800, 792, 4000, 4000],
  [22, 20250, 1620, 4000, 4000],
  [30, 40500, 1620, 10000, 10000],
  [31, 108000, 3600, 14000, 14000],
  [32, 216000, 5120, 20000, 20000],
  [40, 245760, 8192, 20000, 25000],
  [41, 245760, 8192, 50000, 62500],
  [42, 522240, 8704, 50000, 62500],
  [50, 589824, 22080, 135000, 135000],
  [51, 983040, 36864, 240000, 240000],
  [52, 2073600, 36864, 240000, 240000],
  [60, 4177920, 139264, 240000, 240000],
  [61, 8355840, 139264, 480000, 480000],
  [62, 16711680, 139264, 800000, 800000],
];
/** High profile may use 1.25 times the bit rate and CPB of the table (A.3.1). */
const HIGH_PROFILE_FACTOR = 1250;

/** The lowest level that a picture size (pixels), rate (frames/s) and bit rate (bit/s) fit into. */
export function lowestAvcLevel(picture: {
  width: number;
  height: number;
  rate: Rational;
  bitrate: number;
}): AvcLevel {
  const columns = Math.ceil(picture.width / 16);
  const rows = Math.ceil(picture.height / 16);
  const macroblocks = columns * rows;
  const perSecond = toNumber(multiply(rational(macroblocks), picture.rate));
  const fits = LEVELS.find(
    ([, maxPerSecond, maxFrame, maxBitrate, maxBuffer]) =>
      perSecond <= maxPerSecond &&
      macroblocks <= maxFrame &&
      // A.3.1 f, g: neither side longer than the root of eight frame sizes.
      Math.max(columns, rows) ** 2 <= 8 * maxFrame &&
      picture.bitrate <= HIGH_PROFILE_FACTOR * Math.min(maxBitrate, maxBuffer),
  );
  return (fits ?? LEVELS.at(-1)!)[0];
}

/** RFC 6381 codec string of High profile at a level: `avc1.64001F`. */
export function avcCodec(level: AvcLevel): string {
  return `avc1.6400${level.toString(16).toUpperCase().padStart(2, "0")}`;
}
