import { link, mkdir, mkdtemp, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { type FootageName, footage } from "../support/footage.ts";
import { repositoryRoot } from "../support/footage-cache.ts";

export interface MediaFolder {
  readonly path: string;
  /** File name in the folder by footage. */
  readonly files: ReadonlyMap<FootageName, string>;
  remove(): Promise<void>;
}

/** A folder of footage: hard links, since a media folder follows no link that leads out of it. */
export async function makeMediaFolder(names: readonly FootageName[]): Promise<MediaFolder> {
  const cache = join(repositoryRoot, ".cache");
  await mkdir(cache, { recursive: true });
  const path = await mkdtemp(join(cache, "media-"));
  const files = new Map<FootageName, string>();
  for (const name of names) {
    const source = await footage(name);
    const file = `${name}${extname(source)}`;
    await link(source, join(path, file));
    files.set(name, file);
  }
  return { path, files, remove: () => rm(path, { recursive: true, force: true }) };
}
