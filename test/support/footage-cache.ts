import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** The root of the repository, two folders above this file. */
export const repositoryRoot = join(import.meta.dirname, "../..");

const folder = join(repositoryRoot, ".cache/footage");
const underway = new Map<string, Promise<string>>();

/** Where a file lives and what makes it: `key` is everything that decides its content. */
export interface CacheEntry {
  readonly name: string;
  readonly extension: string;
  readonly key: unknown;
}

/**
 * The absolute path of `<name>-<hash of key>.<extension>`, made by `build` unless it is there. The file is
 * built under another name and then renamed, so that parallel and killed builds leave nothing half done.
 */
export function cachedFile(entry: CacheEntry, build: (path: string) => Promise<void>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(entry.key)).digest("hex").slice(0, 12);
  const path = join(folder, `${entry.name}-${hash}.${entry.extension}`);
  const building = underway.get(path) ?? buildOnce(path, entry.extension, build);
  underway.set(path, building);
  return building;
}

async function buildOnce(
  path: string,
  extension: string,
  build: (path: string) => Promise<void>,
): Promise<string> {
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true });
  const part = `${path}.${randomUUID()}.part.${extension}`;
  try {
    await build(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return path;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
