import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/**
 * Puts scripts before ffmpeg and ffprobe in this process's path that note when a signal ended them: the
 * worker sees no difference, so only they can tell. Our own kills end the script too, and are not counted.
 * @returns reads the notes.
 */
export async function watchFfmpegDeaths(folder: string): Promise<() => Promise<readonly string[]>> {
  const notes = join(folder, "deaths");
  const bin = join(folder, "bin");
  await mkdir(bin);
  const path = process.env.PATH!;
  for (const program of ["ffmpeg", "ffprobe"]) {
    // A shell reports death by signal n as 128 + n.
    const script = `#!/bin/sh
PATH='${path}' ${program} "$@"
code=$?
if [ $code -gt 128 ] && [ $code -lt 160 ]; then echo "${program} $code: $*" | tr '\\n' ' ' >> '${notes}'; echo >> '${notes}'; fi
exit $code
`;
    await writeFile(join(bin, program), script);
    await chmod(join(bin, program), 0o755);
  }
  process.env.PATH = `${bin}${delimiter}${path}`;
  return async () =>
    (await readFile(notes, "utf8").catch(() => "")).split("\n").filter((line) => line.trim());
}
