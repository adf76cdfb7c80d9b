import { opendir, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { MediaLibrary } from "../orchestrator/media-library.ts";

/** Names that promise a film or sound. The playlist URL works for any other name as well. */
const EXTENSIONS = new Set(
  (
    "3g2 3gp aac ac3 aif aiff alac ape asf avi caf divx dts dv eac3 f4v flac flv m2ts m2v m4a m4b m4v mka mkv " +
    "mov mp3 mp4 mpeg mpg mts mxf nut oga ogg ogm ogv opus rm rmvb tta ts vob w64 wav webm wma wmv wtv wv"
  ).split(" "),
);
const MAX_TITLES = 100_000;
const MAX_DEPTH = 32;

/** The titles in a folder and its sub-folders. Symbolic links that leave the folder are not followed. */
export class FolderLibrary implements MediaLibrary {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const root = await realpath(this.#root);
    const paths: string[] = [];
    await this.#walk(root, root, "", paths, signal);
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
    for await (const entry of await opendirOrNothing(folder)) {
      if (entry.name.startsWith(".") || paths.length >= MAX_TITLES) continue;
      const real = await resolveInside(root, join(folder, entry.name), entry.isSymbolicLink());
      if (!real) continue;
      if (real.isFolder) await this.#walk(root, real.path, `${prefix}${entry.name}/`, paths, signal);
      else if (isMedia(entry.name)) paths.push(prefix + entry.name);
    }
  }
}

function isMedia(name: string): boolean {
  return EXTENSIONS.has(extname(name).slice(1).toLowerCase());
}

async function opendirOrNothing(folder: string) {
  try {
    return await opendir(folder);
  } catch (error) {
    // A sub-folder that may not be read hides its titles, not everybody's.
    if (["EACCES", "ENOENT", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

async function resolveInside(root: string, path: string, isLink: boolean) {
  try {
    const real = isLink ? await realpath(path) : path;
    if (isLink && !real.startsWith(root + sep)) return undefined;
    // A link to one of its own parents would never end.
    if (isLink && path.startsWith(real + sep)) return undefined;
    const status = await stat(real);
    return status.isDirectory() || status.isFile()
      ? { path: real, isFolder: status.isDirectory() }
      : undefined;
  } catch {
    // A dangling link, or gone since the listing.
    return undefined;
  }
}
