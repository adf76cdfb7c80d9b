import { link, mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../support/footage-cache.ts";

/** A media folder of a test. */
export interface Library {
  readonly dir: string;
  remove(): Promise<void>;
}

/**
 * @param files path in the media folder → the file that is there. They are hard links: a media folder
 * follows no link that leads out of it.
 */
export async function makeLibrary(files: Readonly<Record<string, string>>): Promise<Library> {
  const dir = await mkdtemp(join(repositoryRoot, ".cache", "library-"));
  for (const [path, file] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await link(file, join(dir, path));
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
