import { join } from "node:path";
import { runProgram } from "./run-program.ts";

/** 12 s of 854x480 in a folder: pure noise up to 4 s, which nothing costs more bits than, then a still picture. */
export async function noisyFilm(folder: string): Promise<string> {
  const path = join(folder, "noisy.mp4");
  const noise = "noise=alls=100:allf=t+u:enable='lt(t,4)'";
  const source = ["-f", "lavfi", "-i", `color=gray:size=854x480:rate=24,${noise}`];
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-g", "24"];
  await runProgram("ffmpeg", ["-v", "error", "-y", ...source, "-t", "12", ...encoder, path]);
  return path;
}
