import { holdOnGrid, type PictureTruth } from "../conformance/sources.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { runProgram } from "../support/run-program.ts";

/**
 * What can be expected of a damaged film of 25 frames/s: every frame that FFmpeg can decode, each held until the
 * next, up to the end of the last packet.
 */
export async function truthOfDamaged(path: string): Promise<PictureTruth> {
  const entries = ["-select_streams", "v:0", "-show_entries", "packet=pts_time,dts_time"];
  const { stdout } = await runProgram("ffprobe", ["-v", "error", ...entries, "-of", "json", path]);
  const { packets } = JSON.parse(stdout.toString()) as {
    packets: { pts_time?: string; dts_time?: string }[];
  };
  const times = packets.map(({ pts_time: pts, dts_time: dts }) => Number(pts ?? dts));
  const frames = Math.round((Math.max(...times) - Math.min(...times)) * 25) + 1;
  return { rate: { num: 25, den: 1 }, frames, numbers: holdOnGrid(await readFrameNumbers(path), 1, frames) };
}
