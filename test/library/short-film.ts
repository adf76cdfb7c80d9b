import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cachedFile } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";

const SECONDS = 6;
const SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

/** Six seconds of 24 frames, 426 by 240, with a tone and subtitles in English, as MP4. */
export async function shortFilm(): Promise<string> {
  const picture = `testsrc2=size=426x240:rate=24:duration=${SECONDS}`;
  const args = [
    ...["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", `sine=440:duration=${SECONDS}`],
    ...["-f", "srt", "-i", "pipe:0", "-map", "0", "-map", "1", "-map", "2", "-pix_fmt", "yuv420p"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "24", "-c:a", "aac", "-c:s", "mov_text"],
    ...["-metadata:s:s:0", "language=eng"],
  ];
  return cachedFile({ name: "short-film", extension: "mp4", key: [args, SUBTITLES] }, async (path) => {
    await runProgram("ffmpeg", [...args, path], Buffer.from(SUBTITLES));
  });
}

/** A folder of its own with the short film as `film.mp4`. */
export async function filmFolder(): Promise<{ dir: string; film: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "seamline-library-"));
  const film = join(dir, "film.mp4");
  await copyFile(await shortFilm(), film);
  return { dir, film, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}
