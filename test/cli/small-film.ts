import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cachedFile } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";

const SUBTITLES =
  "1\n00:00:01,000 --> 00:00:03,000\nGood evening\n\n2\n00:00:05,000 --> 00:00:07,000\n<i>Good night</i>\n";
const CHAPTERS = [0, 4000, 9000]
  .slice(0, -1)
  .map((start, k) =>
    ["[CHAPTER]", "TIMEBASE=1/1000", `START=${start}`, `END=${[4000, 9000][k]}`, `title=Part ${k + 1}`].join(
      "\n",
    ),
  );

/** Nine seconds of 360p with sound, subtitles and two chapters: two rungs, five segments. */
export function smallFilm(): Promise<string> {
  return cachedFile({ name: "cli-small", extension: "mkv", key: [SUBTITLES, CHAPTERS] }, async (path) => {
    const folder = await mkdtemp(join(tmpdir(), "seamline-small-"));
    const [subtitles, chapters] = [join(folder, "film.srt"), join(folder, "chapters.txt")];
    await writeFile(subtitles, SUBTITLES);
    await writeFile(chapters, [";FFMETADATA1", ...CHAPTERS, ""].join("\n"));
    await runProgram("ffmpeg", [
      ...["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=9"],
      ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=9", "-i", subtitles],
      ...["-i", chapters, "-map", "0", "-map", "1", "-map", "2", "-map_chapters", "3", "-pix_fmt", "yuv420p"],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac", "-ac", "2", "-c:s", "srt"],
      ...["-metadata:s:s:0", "language=eng", path],
    ]);
    await rm(folder, { recursive: true });
  });
}
