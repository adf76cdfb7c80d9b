import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "./run-tool.ts";
import { ROOT } from "./running-program.ts";

/** Segments of 1, 1 and 2 s, then 1,797 of 4 s. */
const SECONDS = 4 + 1797 * 4;

/** A film of two hours, 1,800 segments in each rendition, alone in a media folder. What it shows is of no account. */
export async function longFilm(): Promise<{ folder: string; name: string; rendition: string }> {
  const folder = join(ROOT, ".cache/bench-long");
  const name = "two-hours.mp4";
  const path = join(folder, name);
  if (!(await stat(path).catch(() => undefined))) {
    await mkdir(folder, { recursive: true });
    const picture = ["-f", "lavfi", "-i", "color=size=64x36:rate=2", "-t", `${SECONDS}`];
    const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "20"];
    await runTool("ffmpeg", ["-nostdin", "-v", "error", "-y", ...picture, ...encoder, `${path}.part.mp4`]);
    await rename(`${path}.part.mp4`, path);
  }
  return { folder, name, rendition: "v36" };
}
