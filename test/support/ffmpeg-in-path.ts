import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A PATH on which `ffmpeg` is a script; without the first entry, it is the real one. */
export interface FfmpegInPath {
  readonly path: string;
  /** Where the script lies. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function ffmpegInPath(script: string): Promise<FfmpegInPath> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-ffmpeg-"));
  await writeFile(join(folder, "ffmpeg"), script);
  await chmod(join(folder, "ffmpeg"), 0o755);
  return {
    path: [folder, process.env.PATH].join(delimiter),
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
