import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoredTitle } from "../storage/eviction-plan.ts";
import { titleFolder } from "../storage/object-name.ts";
import { isGone } from "./storage-fault.ts";
import { lastUsedMs } from "./use-markers.ts";

const KEY = /^[0-9a-f]{32}$/;

interface MeasuredFolder {
  readonly mtimeMs: number;
  readonly bytes: number;
}

/**
 * The titles that lie in storage, and how large they are. A rendition's folder is looked through again only
 * when names came or went, since objects never change.
 */
export class TitleFolders {
  readonly #root: string;
  #measured = new Map<string, MeasuredFolder>();

  constructor(root: string) {
    this.#root = root;
  }

  async list(signal: AbortSignal): Promise<StoredTitle[]> {
    const titles: StoredTitle[] = [];
    for (const prefix of await readFolder(join(this.#root, "titles"))) {
      for (const key of await readFolder(join(this.#root, "titles", prefix))) {
        signal.throwIfAborted();
        const usedAtMs = KEY.test(key) ? await lastUsedMs(join(this.#root, titleFolder(key))) : undefined;
        if (usedAtMs !== undefined) titles.push({ key, usedAtMs });
      }
    }
    return titles;
  }

  /**
   * Bytes of a title's objects.
   * @param gently takes twice as long, so that others get to storage too.
   */
  async measure(key: string, gently: boolean, signal: AbortSignal): Promise<number> {
    const folder = join(this.#root, titleFolder(key));
    let bytes = 0;
    for (const rendition of await readFolder(folder)) {
      signal.throwIfAborted();
      bytes += await this.#measureFolder(join(folder, rendition), gently, signal);
    }
    return bytes;
  }

  /** Forgets all but these titles. */
  keepOnly(keys: Iterable<string>): void {
    const folders = new Set([...keys].map((key) => join(this.#root, titleFolder(key))));
    for (const path of this.#measured.keys()) {
      if (!folders.has(join(path, ".."))) this.#measured.delete(path);
    }
  }

  async #measureFolder(path: string, gently: boolean, signal: AbortSignal): Promise<number> {
    // Read first: what is published while we count shows in the next look.
    const status = await stat(path).catch(() => undefined);
    if (!status?.isDirectory()) return status?.size ?? 0;
    const known = this.#measured.get(path);
    if (known?.mtimeMs === status.mtimeMs) return known.bytes;
    const begun = performance.now();
    let bytes = 0;
    for (const name of await readFolder(path)) {
      bytes += await stat(join(path, name)).then(
        ({ size }) => size,
        () => 0,
      );
    }
    this.#measured.set(path, { mtimeMs: status.mtimeMs, bytes });
    if (gently) await sleep(performance.now() - begun, undefined, { signal });
    return bytes;
  }
}

/** Names in a folder; none where it is gone. */
async function readFolder(path: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (isGone(error) || error.code === "ENOTDIR") return [];
    throw error;
  });
}
