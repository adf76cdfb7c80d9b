import { link, open, rename, stat } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import type { Log } from "../log.ts";
import type { Telemetry } from "../telemetry.ts";
import { isGone } from "./storage-fault.ts";
import { removeTemporary, temporaryPath } from "./temporary-files.ts";

/** Objects that are known to be whole. What falls out is read once more. */
const KNOWN_OBJECTS = 32_768;

/** Tells one file from the next under the same name; an inode's number alone is used again at once. */
type FileIdentity = string;

interface Checked {
  readonly file: FileIdentity;
  readonly isWhole: Promise<boolean>;
}

export interface ObjectCheckOptions {
  /** Whether these are the bytes that were published under that name; without it, all are taken to be. */
  readonly isWhole?: ((name: string, bytes: Uint8Array) => Promise<boolean>) | undefined;
  readonly log: Log;
  readonly telemetry?: Telemetry;
}

/** Reads every object once, when this process first opens it, and removes it if it is damaged. */
export class ObjectCheck {
  readonly #root: string;
  readonly #options: ObjectCheckOptions;
  readonly #checked = new LRUCache<string, Checked>({ max: KNOWN_OBJECTS });

  constructor(root: string, options: ObjectCheckOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** The size of a whole object; undefined where it is damaged, and removed. Throws where it isn't there. */
  async size(name: string, path: string): Promise<number | undefined> {
    const { file, size } = await identify(path);
    let checked = this.#checked.get(name);
    if (checked?.file !== file) {
      checked = { file, isWhole: this.#read(name, path) };
      this.#checked.set(name, checked);
      // What could not be read is not known to be damaged: the next one tries again.
      checked.isWhole.catch(() => this.#checked.delete(name));
    }
    if (await checked.isWhole) return size;
    this.#checked.delete(name);
    await this.#remove(name, path, file);
    return undefined;
  }

  async #read(name: string, path: string): Promise<boolean> {
    const { isWhole } = this.#options;
    if (!isWhole) return true;
    const handle = await open(path, "r");
    try {
      return await isWhole(name, await handle.readFile());
    } finally {
      await handle.close();
    }
  }

  /** Another process may have removed it already, and a third have made it again. */
  async #remove(name: string, path: string, damaged: FileIdentity): Promise<void> {
    const away = await temporaryPath(this.#root);
    try {
      if ((await identify(path)).file !== damaged) return;
      await rename(path, away);
    } catch (error) {
      if (isGone(error)) return;
      throw error;
    }
    try {
      // It was made again between the look and the `rename`: back it goes.
      if ((await identify(away)).file !== damaged) await link(away, path);
      else this.#tell(name, damaged);
    } catch (error) {
      // Made once more, or swept away already.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" && !isGone(error)) throw error;
    } finally {
      await removeTemporary(away);
    }
  }

  #tell(name: string, file: FileIdentity): void {
    const { log, telemetry } = this.#options;
    log.warn({ object: name, file }, "damaged object removed from storage");
    telemetry?.report({ kind: "object-damaged" });
  }
}

async function identify(path: string): Promise<{ readonly file: FileIdentity; readonly size: number }> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return { file: `${ino}-${size}-${mtimeNs}`, size: Number(size) };
}
