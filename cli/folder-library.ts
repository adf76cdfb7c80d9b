import type { Dir } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { MediaLibrary } from "../orchestrator/media-library.ts";
import { FaultError } from "../shared/fault.ts";
import { hasFilmEnding } from "../shared/media/film-ending.ts";
import { isRemotePath } from "../shared/media/remote-path.ts";
import { DiskTimeoutError, mediaDisk } from "../shared/node/disk-calls.ts";

const MAX_TITLES = 100_000;
const MAX_DEPTH = 32;

/** The titles in a folder and its sub-folders. Symbolic links that leave the folder are not followed. */
export class FolderLibrary implements MediaLibrary {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const paths: string[] = [];
    try {
      const root = await mediaDisk.run(() => realpath(this.#root));
      await this.#walk(root, root, "", paths, signal);
    } catch (error) {
      if (!(error instanceof DiskTimeoutError)) throw error;
      throw new FaultError("source-timeout", "The media folder did not answer in time.", { cause: error });
    }
    return paths.sort(new Intl.Collator("en", { numeric: true }).compare);
  }

  async #walk(
    root: string,
    folder: string,
    prefix: string,
    paths: string[],
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    if (prefix.split("/").length > MAX_DEPTH) return;
    for await (const entry of entriesOf(folder)) {
      if (entry.name.startsWith(".") || paths.length >= MAX_TITLES) continue;
      // What lies in a folder that is called so has the path of a film on another host.
      if (isRemotePath(`${prefix}${entry.name}/`)) continue;
      const real = await resolveInside(root, join(folder, entry.name), entry.isSymbolicLink());
      if (!real) continue;
      if (real.isFolder) await this.#walk(root, real.path, `${prefix}${entry.name}/`, paths, signal);
      else if (hasFilmEnding(entry.name)) paths.push(prefix + entry.name);
    }
  }
}

async function* entriesOf(folder: string) {
  const open = await opendirOrNothing(folder);
  if (!open) return;
  try {
    for (;;) {
      const entry = await mediaDisk.run(() => open.read());
      if (!entry) return;
      yield entry;
    }
  } finally {
    await mediaDisk.run(() => open.close());
  }
}

async function opendirOrNothing(folder: string): Promise<Dir | undefined> {
  try {
    return await mediaDisk.run(() => opendir(folder));
  } catch (error) {
    // A sub-folder that may not be read hides its titles, not everybody's.
    if (["EACCES", "ENOENT", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

async function resolveInside(root: string, path: string, isLink: boolean) {
  try {
    const real = isLink ? await mediaDisk.run(() => realpath(path)) : path;
    if (isLink && !real.startsWith(root + sep)) return undefined;
    // A link to one of its own parents would never end.
    if (isLink && path.startsWith(real + sep)) return undefined;
    const status = await mediaDisk.run(() => stat(real));
    return status.isDirectory() || status.isFile()
      ? { path: real, isFolder: status.isDirectory() }
      : undefined;
  } catch (error) {
    if (error instanceof DiskTimeoutError) throw error;
    // A dangling link, or gone since the listing.
    return undefined;
  }
}
