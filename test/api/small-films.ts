import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../support/run-program.ts";

export interface SmallFilms {
  readonly dir: string;
  remove(): Promise<void>;
}

/** A media folder with films of so many seconds: two rungs, sound, a text track, chapters, and a file beside each. */
export async function makeSmallFilms(films: Readonly<Record<string, number>>): Promise<SmallFilms> {
  const dir = await mkdtemp(join(tmpdir(), "seamline-small-films-"));
  const texts = await mkdtemp(join(tmpdir(), "seamline-small-texts-"));
  const subrip = "1\n00:00:00,500 --> 00:00:02,000\nHello\n";
  const chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=One\n";
  await writeFile(join(texts, "a.srt"), subrip);
  await writeFile(join(texts, "chapters.txt"), chapters);
  for (const [name, seconds] of Object.entries(films)) {
    await runProgram("ffmpeg", [
      ...["-v", "error", "-nostdin", "-f", "lavfi", "-i", `testsrc=s=640x360:r=10:d=${seconds}`],
      ...[
        "-f",
        "lavfi",
        "-i",
        `sine=d=${seconds}`,
        "-i",
        join(texts, "a.srt"),
        "-i",
        join(texts, "chapters.txt"),
      ],
      ...[
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-map_chapters",
        "3",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
      ],
      ...["-g", "20", "-c:a", "aac", "-c:s", "copy", "-metadata:s:s:0", "language=eng", join(dir, name)],
    ]);
    await writeFile(join(dir, name.replace(/\.mkv$/, ".de.srt")), subrip);
  }
  await rm(texts, { recursive: true });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
