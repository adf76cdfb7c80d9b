import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A PATH on which `ffmpeg` behaves as told for some sources, and is the real one for all others. */
export interface FakeFfmpeg {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param behaviour shell commands for encodes of a source, by its file name. */
export async function fakeFfmpeg(behaviour: Readonly<Record<string, string>>): Promise<FakeFfmpeg> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-fake-"));
  const cases = Object.entries(behaviour).map(([name, commands]) => `*/${name}*) ${commands} ;;`);
  const script = [
    "#!/bin/sh",
    'PATH=$(echo "$PATH" | cut -d: -f2-)',
    'case "$*" in',
    ...cases,
    "esac",
    'exec ffmpeg "$@"',
    "",
  ];
  await writeFile(join(folder, "ffmpeg"), script.join("\n"));
  await chmod(join(folder, "ffmpeg"), 0o755);
  return {
    path: [folder, process.env.PATH].join(delimiter),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
