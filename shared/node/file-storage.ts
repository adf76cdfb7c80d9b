import { type FileHandle, link, mkdir, open, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LRUCache } from "lru-cache";
import { FaultError } from "../fault.ts";
import { type Log, silentLog } from "../log.ts";
import { titleFolderOf } from "../storage/object-name.ts";
import {
  type ByteRange,
  ObjectGoneError,
  type SegmentListing,
  type SegmentStorage,
  type StoredObject,
} from "../storage/segment-storage.ts";
import { silentTelemetry, type Telemetry } from "../telemetry.ts";
import { fileStream } from "./file-stream.ts";
import { ObjectCheck, type ObjectCheckOptions } from "./object-check.ts";
import { PublishWatch } from "./publish-watch.ts";
import { callStorage, type StorageCallOptions } from "./storage-call.ts";
import { isGone } from "./storage-fault.ts";
import { removeTemporary, writeTemporary } from "./temporary-files.ts";
import { UseMarkers } from "./use-markers.ts";

/** Of all folders together: some hundred renditions of two hours. A name takes about 60 bytes. */
const KNOWN_NAMES = 200_000;
/** A folder that is evicted while something is published into it is made again this often. */
const PUBLISH_ATTEMPTS = 4;

export interface FileStorageOptions {
  readonly isWhole?: ObjectCheckOptions["isWhole"];
  /**
   * Asked when storage is full, and with `insist` when it still is afterwards; whether it makes sense to try
   * again.
   */
  readonly makeRoom?: (insist: boolean, signal?: AbortSignal) => Promise<boolean>;
  readonly log?: Log;
  readonly telemetry?: Telemetry;
}

/**
 * Storage in a folder, which several machines may share over NFS. A reader never opens a name that it has
 * not seen in a listing: NFS clients remember for up to 30 s that a name was missing. What the file system
 * refuses is thrown as a FaultError.
 */
export class FileStorage implements SegmentStorage, SegmentListing {
  readonly #root: string;
  readonly #makeRoom: NonNullable<FileStorageOptions["makeRoom"]>;
  readonly #check: ObjectCheck;
  readonly #log: Log;
  readonly #telemetry: Telemetry;
  readonly #markers = new UseMarkers();
  /** Names that listings have shown, by folder. Objects never change, so only absence has to be looked up. */
  readonly #seen = new LRUCache<string, ReadonlySet<string>>({
    maxSize: KNOWN_NAMES,
    sizeCalculation: ({ size }) => size + 1,
  });

  constructor(root: string, options: FileStorageOptions = {}) {
    const { isWhole, makeRoom = async () => false, log = silentLog, telemetry = silentTelemetry } = options;
    this.#root = root;
    this.#makeRoom = makeRoom;
    this.#log = log;
    this.#telemetry = telemetry;
    this.#check = new ObjectCheck(root, { isWhole, log, telemetry });
  }

  find(name: string, signal?: AbortSignal): Promise<StoredObject | undefined> {
    return this.#call(name, () => this.#findOnce(name), { signal });
  }

  list(folder: string, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#call(folder, () => this.#list(join(this.#root, folder)), { signal });
  }

  async publish(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<"published" | "exists"> {
    const publish = () => this.#call(name, () => this.#publishOnce(name, bytes), { signal });
    for (const insist of [false, true]) {
      try {
        return await publish();
      } catch (error) {
        const isFull = error instanceof FaultError && error.code === "storage-full";
        if (!isFull || !(await this.#makeRoom(insist, signal))) throw error;
      }
    }
    return publish();
  }

  #call<T>(name: string, call: () => Promise<T>, options: StorageCallOptions<T> = {}): Promise<T> {
    const onFaltering = (error: unknown) => {
      this.#seen.delete(dirname(join(this.#root, name)));
      this.#log.warn({ object: name, error: String(error) }, "storage falters");
      this.#telemetry.report({ kind: "storage-faltered" });
    };
    const onFault = ({ code }: FaultError) => this.#telemetry.report({ kind: "storage-failed", code });
    return callStorage(call, { ...options, onFaltering, onFault });
  }

  async #findOnce(name: string): Promise<StoredObject | undefined> {
    const path = join(this.#root, name);
    const folder = dirname(path);
    const base = basename(path);
    if (!this.#seen.get(folder)?.has(base) && !(await this.#list(folder)).has(base)) return undefined;
    const size = await this.#sizeIfWhole(name, path);
    if (size === undefined) {
      this.#seen.delete(folder);
      return undefined;
    }
    await this.#markUsed(name);
    return { size, body: (range = { start: 0, end: size }) => this.#open(name, path, range) };
  }

  async #publishOnce(name: string, bytes: Uint8Array): Promise<"published" | "exists"> {
    const path = join(this.#root, name);
    const watch = new PublishWatch();
    const temporary = await writeTemporary(this.#root, bytes, watch);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          const outcome = await this.#link(name, temporary, path);
          watch.end("link");
          this.#reportPublished(name, bytes.length, outcome, watch);
          return outcome;
        } catch (error) {
          // The title was evicted under our feet, perhaps with what we had just put there.
          if (!isGone(error) || attempt === PUBLISH_ATTEMPTS) throw error;
          await this.#list(dirname(path));
        }
      }
    } finally {
      await removeTemporary(temporary);
    }
  }

  #reportPublished(
    name: string,
    bytes: number,
    outcome: "published" | "exists",
    { stages, ms }: PublishWatch,
  ): void {
    this.#telemetry.report({ kind: "object-published", name, bytes, outcome, stages, ms });
  }

  async #link(name: string, temporary: string, path: string): Promise<"published" | "exists"> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    // From here on nobody evicts it.
    await this.#markUsed(name);
    try {
      // `link` fails where the name exists: unlike `rename` it never replaces what somebody is reading.
      await link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return "exists";
      throw error;
    }
    await syncFolder(folder);
    return "published";
  }

  async #sizeIfWhole(name: string, path: string): Promise<number | undefined> {
    try {
      return await this.#check.size(name, path);
    } catch (error) {
      if (!isGone(error)) throw error;
      return undefined;
    }
  }

  async #markUsed(name: string): Promise<void> {
    const folder = titleFolderOf(name);
    if (folder) await this.#markers.touch(join(this.#root, folder));
  }

  /** Opened before anything of an answer is sent: it may have been removed since it was found. */
  async #open(name: string, path: string, range: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const handle = await this.#call(name, () => this.#openOnce(name, path), {
      onLate: (late) => void late.close().catch(() => {}),
    });
    return fileStream(handle, range);
  }

  async #openOnce(name: string, path: string): Promise<FileHandle> {
    try {
      return await open(path, "r");
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#seen.delete(dirname(path));
      throw new ObjectGoneError(`${name} was removed from storage`, { cause: error });
    }
  }

  /**
   * Names in a folder. Each folder above it is read first: an NFS client takes what it remembers as missing for
   * missing, and a folder that was removed and made again for the old one, until then.
   */
  async #list(folder: string): Promise<ReadonlySet<string>> {
    const isThere = folder === this.#root || (await this.#list(dirname(folder))).has(basename(folder));
    return (isThere && (await this.#read(folder))) || new Set();
  }

  async #read(folder: string): Promise<ReadonlySet<string> | undefined> {
    try {
      const names = new Set(await readdir(folder));
      this.#seen.set(folder, names);
      return names;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#seen.delete(folder);
      return undefined;
    }
  }
}

/** Storage is there and can be written to; throws with the reason where it isn't. */
export async function checkWritable(root: string): Promise<void> {
  await removeTemporary(await writeTemporary(root, new Uint8Array(1)));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
