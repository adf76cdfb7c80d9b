import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DamageKind, damagedFootage } from "../support/footage.ts";

/** File names that break programs which are careless with shells, URLs or options. */
export const oddNames = [
  "two words.mp4",
  'it\'s "quoted".mp4',
  "100%.mp4",
  "%2e%2e%2f.mp4",
  "a#b?c&d=e;f.mp4",
  "line\nbreak.mp4",
  "🎬 Füße 電影.mp4",
  "-i.mp4",
  "$(touch pwned) `id`.mp4",
  "back\\slash.mp4",
  "master.m3u8",
  "concat:a|b.mp4",
  "pipe:0",
] as const;

export interface MediaFolder {
  readonly path: string;
  /** A folder next to it, with a film in it, that nobody may see. */
  readonly outside: string;
  remove(): Promise<void>;
}

/** A media folder with one film under many odd names, the damaged ones, and links that lead in and out. */
export async function oddMediaFolder(film: string, damaged: readonly DamageKind[]): Promise<MediaFolder> {
  const parent = await mkdtemp(join(tmpdir(), "seamline-media-"));
  const path = join(parent, "media");
  const outside = join(parent, "outside");
  await mkdir(join(path, "folder.mp4"), { recursive: true });
  await mkdir(outside);
  for (const name of oddNames) await copyFile(film, join(path, name));
  for (const kind of damaged) await copyFile(await damagedFootage(kind), join(path, `${kind}.mp4`));
  await copyFile(film, join(outside, "secret.mp4"));
  await symlink(join(outside, "secret.mp4"), join(path, "leaves.mp4"));
  await symlink(outside, join(path, "leaves"));
  await symlink(join(path, "two words.mp4"), join(path, "stays.mp4"));
  await symlink(join(path, "loop.mp4"), join(path, "loop.mp4"));
  await writeFile(
    join(path, "playlist.mp4"),
    `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${outside}/secret.mp4\n`,
  );
  await writeFile(join(path, "concat.mp4"), `ffconcat version 1.0\nfile '${outside}/secret.mp4'\n`);
  return { path, outside, remove: () => rm(parent, { recursive: true, force: true }) };
}
