import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files for programs to read, for as long as they read them. */
export class ScratchFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(): Promise<ScratchFolder> {
    return new ScratchFolder(await mkdtemp(join(tmpdir(), "seamline-check-")));
  }

  async use<T>(parts: readonly Uint8Array[], work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#path, randomUUID());
    try {
      await writeFile(path, Buffer.concat(parts));
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}
