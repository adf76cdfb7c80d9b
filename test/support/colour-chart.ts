import { displayed, LUMA, type Triple } from "./colorimetry.ts";
import { runProgram } from "./run-program.ts";

/**
 * Patches of a colour chart as signals of BT.709 (R'G'B'): greys, and colours in three depths that lie within the
 * primaries of every system.
 */
const PATCHES: readonly Triple[] = [
  ...[0, 0.1, 0.25, 0.5, 0.75, 1].map((grey): Triple => [grey, grey, grey]),
  ...([
    [0.75, 0.2, 0.2],
    [0.2, 0.75, 0.2],
    [0.2, 0.2, 0.75],
    [0.75, 0.75, 0.2],
    [0.2, 0.75, 0.75],
    [0.75, 0.2, 0.75],
    [0.8, 0.6, 0.5],
    [0.45, 0.3, 0.25],
    [0.9, 0.5, 0.15],
    [0.3, 0.4, 0.65],
    [0.4, 0.5, 0.25],
    [0.95, 0.85, 0.8],
  ] as const),
];
const COLUMNS = 6;
const ROWS = PATCHES.length / COLUMNS;

/** The light of each patch, linear, white at 1. */
export const chartLight: readonly Triple[] = PATCHES.map(
  (patch) => patch.map(displayed) as unknown as Triple,
);

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a chart is stored in a file. */
export interface ChartFormat extends Size {
  /** FFmpeg's name, of planar YCbCr in 4:2:0 or 4:4:4, or `rgb24`. */
  readonly pixelFormat: string;
  readonly isFullRange?: boolean;
  readonly luma?: keyof typeof LUMA;
  /** What the file says of it: options of FFmpeg's filter `setparams`. */
  readonly tags?: string;
  readonly encoder: readonly string[];
  /** 10 unless told, at 25 a second. */
  readonly frames?: number;
}

/** Frames that are all the same. @param signals R'G'B' of each patch, in whatever system it is. */
export async function encodeChart(
  path: string,
  format: ChartFormat,
  signals: readonly Triple[],
): Promise<void> {
  const { width, height, pixelFormat, tags, encoder, frames = 10 } = format;
  const frame = pixelFormat === "rgb24" ? packedFrame(format, signals) : planarFrame(format, signals);
  const input = ["-f", "rawvideo", "-pixel_format", pixelFormat, "-video_size", `${width}x${height}`];
  const filter = tags ? ["-vf", `setparams=${tags}`] : [];
  await runProgram(
    "ffmpeg",
    ["-v", "error", "-y", ...input, "-framerate", "25", "-i", "pipe:0", ...filter, ...encoder, path],
    Buffer.concat(Array.from({ length: frames }, () => frame)),
  );
}

/** The light of each patch in the last frame of a stream in BT.709 of limited range, 8 bit 4:2:0. */
export async function decodeChart(stream: Uint8Array, { width, height }: Size): Promise<Triple[]> {
  const args = ["-v", "error", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"];
  const { stdout } = await runProgram("ffmpeg", args, stream);
  const luma = { width, height };
  const chroma = { width: width / 2, height: height / 2 };
  const last = stdout.subarray(-(width * height * 3) / 2);
  const cb = last.subarray(width * height, (width * height * 5) / 4);
  const cr = last.subarray((width * height * 5) / 4);
  return PATCHES.map((_, patch) => {
    const y = (meanOfPatch(last, luma, patch) - 16) / 219;
    const red = y + 1.5748 * ((meanOfPatch(cr, chroma, patch) - 128) / 224);
    const blue = y + 1.8556 * ((meanOfPatch(cb, chroma, patch) - 128) / 224);
    const green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152;
    return [displayed(red), displayed(green), displayed(blue)];
  });
}

/** Of its middle: what is at its edges is blurred. */
function meanOfPatch(plane: Uint8Array, { width, height }: Size, patch: number): number {
  const left = Math.round(((patch % COLUMNS) + 0.3) * (width / COLUMNS));
  const top = Math.round((Math.floor(patch / COLUMNS) + 0.3) * (height / ROWS));
  let sum = 0;
  let count = 0;
  for (let y = top; y < top + (0.4 * height) / ROWS; y++) {
    for (let x = left; x < left + (0.4 * width) / COLUMNS; x++, count++) sum += plane[y * width + x]!;
  }
  return sum / count;
}

function patchAt(x: number, y: number, { width, height }: Size): number {
  return Math.floor((y * ROWS) / height) * COLUMNS + Math.floor((x * COLUMNS) / width);
}

function packedFrame(size: Size, signals: readonly Triple[]): Buffer {
  const frame = Buffer.alloc(size.width * size.height * 3);
  for (let pixel = 0; pixel < size.width * size.height; pixel++) {
    const signal = signals[patchAt(pixel % size.width, Math.floor(pixel / size.width), size)]!;
    for (const [k, value] of signal.entries()) frame[3 * pixel + k] = Math.round(255 * value);
  }
  return frame;
}

function planarFrame(format: ChartFormat, signals: readonly Triple[]): Buffer {
  const { width, height, pixelFormat } = format;
  const isSubsampled = pixelFormat.includes("420");
  const codes = signals.map((signal) => codesOf(signal, format));
  const planes = [0, 1, 2].map((plane) => {
    const shrink = plane > 0 && isSubsampled ? 2 : 1;
    const size = { width: width / shrink, height: height / shrink };
    const samples = Array.from(
      { length: size.width * size.height },
      (_, at) => codes[patchAt(at % size.width, Math.floor(at / size.width), size)]![plane]!,
    );
    const samplesOf = pixelFormat.includes("10le") ? Uint16Array : Uint8Array;
    return Buffer.from(samplesOf.from(samples).buffer);
  });
  return Buffer.concat(planes);
}

/** Y'CbCr of a signal, as integers (BT.709 3.4, BT.2100 table 9). */
function codesOf(signal: Triple, { pixelFormat, isFullRange, luma = "bt709" }: ChartFormat): Triple {
  const weights = LUMA[luma];
  const [red, green, blue] = signal;
  const y = weights.red * red + (1 - weights.red - weights.blue) * green + weights.blue * blue;
  const cb = (blue - y) / (2 - 2 * weights.blue);
  const cr = (red - y) / (2 - 2 * weights.red);
  const bits = pixelFormat.includes("10le") ? 10 : 8;
  const step = 2 ** (bits - 8);
  const largest = 2 ** bits - 1;
  const code = (offset: number, span: number, value: number) =>
    Math.min(largest, Math.max(0, Math.round(offset + span * value)));
  return isFullRange
    ? [code(0, largest, y), code(128 * step, largest, cb), code(128 * step, largest, cr)]
    : [code(16 * step, 219 * step, y), code(128 * step, 224 * step, cb), code(128 * step, 224 * step, cr)];
}
