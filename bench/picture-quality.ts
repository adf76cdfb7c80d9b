import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rungScale } from "./bare-ffmpeg.ts";
import { runTool } from "./run-tool.ts";

/** How near the luma is to what the encoder was given. */
export interface PictureQuality {
  /** Of each frame, dB. */
  readonly psnr: readonly number[];
  /** The mean of all frames as −10 log₁₀(1 − SSIM), dB: unlike SSIM itself it goes with the logarithm of the bytes. */
  readonly ssim: number;
}

/** What a frame without any error counts as, dB: FFmpeg says `inf`. */
const EQUAL_PSNR = 100;

/** Compares an encode, frame by frame, with its source brought to its size by the product's scaler. */
export async function pictureQuality(
  encode: string,
  source: string,
  height: number,
  frames: number,
): Promise<PictureQuality> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-quality-"));
  try {
    const files = { psnr: join(folder, "psnr"), ssim: join(folder, "ssim") };
    // Frames are paired by their numbers: where time begins differs.
    const numbered = "settb=1/1000,setpts=N";
    const graph = [
      `[0:v]${numbered},split[a][b]`,
      `[1:v]${numbered},${rungScale(height)},format=yuv420p,split[c][d]`,
      `[a][c]psnr=stats_file=${files.psnr}:shortest=1[p]`,
      `[b][d]ssim=stats_file=${files.ssim}:shortest=1[s]`,
    ];
    const inputs = ["-nostdin", "-v", "error", "-i", encode, "-i", source];
    const outputs = ["-map", "[p]", "-map", "[s]", "-fps_mode", "passthrough", "-f", "null", "-"];
    await runTool("ffmpeg", [...inputs, "-filter_complex", graph.join(";"), ...outputs]);
    const psnr = await readColumn(files.psnr, "psnr_y", frames);
    const ssim = await readColumn(files.ssim, "Y", frames);
    return { psnr: psnr.map((value) => Math.min(value, EQUAL_PSNR)), ssim: -10 * Math.log10(1 - mean(ssim)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One value of each line of `name:value` pairs. */
async function readColumn(file: string, name: string, frames: number): Promise<number[]> {
  const text = await readFile(file, "utf8");
  const values = [...text.matchAll(new RegExp(` ${name}:(\\S+)`, "g"))].map(([, value]) =>
    value === "inf" ? Number.POSITIVE_INFINITY : Number(value),
  );
  if (values.length !== frames) throw new Error(`${values.length} frames were compared, not ${frames}.`);
  return values;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
