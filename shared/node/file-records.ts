import { link, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RecordStore } from "../storage/record-store.ts";
import { callStorage } from "./storage-call.ts";
import { isGone } from "./storage-fault.ts";
import { removeTemporary, writeTemporary } from "./temporary-files.ts";

const NAME = /^[\da-z][\da-z.-]{0,99}$/;

/** Records as files in one folder of storage, which several machines may share. */
export class FileRecords implements RecordStore {
  readonly #root: string;
  readonly #folder: string;

  /** @param root of storage. @param name of the folder in it. */
  constructor(root: string, name: string) {
    this.#root = root;
    this.#folder = join(root, name);
  }

  list(signal?: AbortSignal): Promise<readonly string[]> {
    return callStorage(() => this.#list(), { signal });
  }

  read(name: string, signal?: AbortSignal): Promise<string | undefined> {
    return callStorage(() => this.#read(name), { signal });
  }

  write(name: string, text: string): Promise<void> {
    return callStorage(() => this.#write(name, text));
  }

  create(name: string, text: string): Promise<boolean> {
    return callStorage(() => this.#create(name, text));
  }

  async remove(name: string): Promise<void> {
    await callStorage(() => rm(this.#pathOf(name), { force: true }));
  }

  async #list(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => NAME.test(name));
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  /** A name that no listing shows is not opened: NFS clients remember for up to 30 s that one was missing. */
  async #read(name: string): Promise<string | undefined> {
    if (!(await this.#list()).includes(name)) return undefined;
    try {
      return await readFile(this.#pathOf(name), "utf8");
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #write(name: string, text: string): Promise<void> {
    const path = this.#pathOf(name);
    const temporary = await writeTemporary(this.#root, new TextEncoder().encode(text));
    try {
      await mkdir(this.#folder, { recursive: true });
      await rename(temporary, path);
    } catch (error) {
      await removeTemporary(temporary);
      throw error;
    }
  }

  async #create(name: string, text: string): Promise<boolean> {
    const path = this.#pathOf(name);
    const temporary = await writeTemporary(this.#root, new TextEncoder().encode(text));
    try {
      await mkdir(this.#folder, { recursive: true });
      await link(temporary, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      // Over NFS, a call that was repeated finds what it has done itself.
      return (await readFile(path, "utf8")) === text;
    } finally {
      await removeTemporary(temporary);
    }
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of a record`);
    return join(this.#folder, name);
  }
}
