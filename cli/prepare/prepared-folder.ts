import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SegmentReader } from "../../shared/storage/segment-storage.ts";
import type { PreparedObject } from "./prepared-parts.ts";

/** What is under way, until all is there: half-written files, and storage where that is not elsewhere. */
const WORK_FOLDER = ".seamline";

/** A folder that any web server can serve. Whatever has its name in it is whole. */
export class PreparedFolder {
  readonly path: string;
  readonly #storage: SegmentReader;
  readonly #storageDir: string;

  constructor(path: string, storage: SegmentReader, storageDir: string) {
    this.path = path;
    this.#storage = storage;
    this.#storageDir = storageDir;
  }

  /** Where workers may keep what they make. */
  static storageDir(path: string): string {
    return join(path, WORK_FOLDER, "storage");
  }

  /** All is there: what was only needed on the way goes. */
  static async tidy(path: string): Promise<void> {
    await rm(join(path, WORK_FOLDER), { recursive: true, force: true });
  }

  async has(file: string): Promise<boolean> {
    return (await this.size(file)) !== undefined;
  }

  /** Bytes; undefined where it is not there. */
  async size(file: string): Promise<number | undefined> {
    return stat(join(this.path, file)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  read(file: string): Promise<string> {
    return readFile(join(this.path, file), "utf8");
  }

  /** Takes over what storage has. @returns whether all of it is there now. */
  async take(objects: readonly PreparedObject[], signal: AbortSignal): Promise<boolean> {
    for (const one of objects) if (!(await this.#takeOne(one, signal))) return false;
    return true;
  }

  /** Under another name first, so that there is never half of it. */
  async write(file: string, text: string): Promise<void> {
    await this.#place(file, (temporary) => writeFile(temporary, text));
  }

  async #takeOne({ object, file }: PreparedObject, signal: AbortSignal): Promise<boolean> {
    if (await this.has(file)) return true;
    // Its checksum is looked at, as whoever opens it does.
    if (!(await this.#storage.find(object, signal))) return false;
    const from = join(this.#storageDir, object);
    await this.#place(file, (temporary) =>
      // A second name costs no space; other file systems, and some that have no such names, get a copy.
      link(from, temporary).catch(() => copyFile(from, temporary)),
    );
    return true;
  }

  async #place(file: string, make: (temporary: string) => Promise<void>): Promise<void> {
    const target = join(this.path, file);
    const temporary = join(this.path, WORK_FOLDER, "tmp", randomUUID());
    for (const path of [target, temporary]) await mkdir(dirname(path), { recursive: true });
    try {
      await make(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}
