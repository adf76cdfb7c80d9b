import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import type { ByteRange, SegmentStorage, StoredObject } from "../storage/segment-storage.ts";

/** Temporary names begin so; no object's name does. */
const TEMPORARY_PREFIX = ".tmp-";
const KNOWN_FOLDERS = 512;
/** NFS: the folder or file was removed under our feet; Node has no name for it. */
const ESTALE = -116;

/**
 * Storage in a folder, which several machines may share over NFS. A reader never opens a name that it has
 * not seen in a listing: NFS clients remember for up to 30 s that a name was missing.
 */
export class FileStorage implements SegmentStorage {
  readonly #root: string;
  /** Names that listings have shown, by folder. Objects never change, so only absence has to be looked up. */
  readonly #seen = new LRUCache<string, ReadonlySet<string>>({ max: KNOWN_FOLDERS });

  constructor(root: string) {
    this.#root = root;
  }

  async find(name: string): Promise<StoredObject | undefined> {
    const path = join(this.#root, name);
    const folder = dirname(path);
    const base = path.slice(folder.length + 1);
    if (!this.#seen.get(folder)?.has(base) && !(await this.#list(folder)).has(base)) return undefined;
    try {
      const { size } = await stat(path);
      return { size, body: async (range) => streamFile(path, range) };
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#seen.delete(folder);
      return undefined;
    }
  }

  async publish(name: string, bytes: Uint8Array): Promise<"published" | "exists"> {
    const path = join(this.#root, name);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `${TEMPORARY_PREFIX}${randomUUID()}`);
    try {
      await writeDurably(temporary, bytes);
      // `link` fails where the name exists: unlike `rename` it never replaces what somebody is reading.
      await link(temporary, path);
      await syncFolder(folder);
      return "published";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return "exists";
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #list(folder: string): Promise<ReadonlySet<string>> {
    try {
      const names = new Set(await readdir(folder));
      this.#seen.set(folder, names);
      return names;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#seen.delete(folder);
      return new Set();
    }
  }
}

/** Storage is there and can be written to; throws with the reason where it isn't. */
export async function checkWritable(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  const probe = join(root, `${TEMPORARY_PREFIX}${randomUUID()}`);
  await writeDurably(probe, new Uint8Array(1));
  await rm(probe, { force: true });
}

function streamFile(path: string, range?: ByteRange): ReadableStream<Uint8Array> {
  const span = range && { start: range.start, end: range.end - 1 };
  return Readable.toWeb(createReadStream(path, span)) as ReadableStream<Uint8Array>;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    // A full NFS export says so only here.
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isGone(error: unknown): boolean {
  const { code, errno } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || errno === ESTALE;
}
