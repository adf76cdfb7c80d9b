import { randomUUID } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import type { PublishWatch } from "./publish-watch.ts";
import { isGone } from "./storage-fault.ts";

/** Where files lie while they are written: in one folder of the same file system, so that a look finds them all. */
const FOLDER = "tmp";
const EVICTED = "evicted-";
const WRITE_ATTEMPTS = 3;
/** Nobody writes for so long: the one who began it is gone. */
const ABANDONED_AFTER_MS = 600_000;

/** A new path in the folder of temporary files, which is made if need be. */
export async function temporaryPath(root: string, prefix = ""): Promise<string> {
  await makeFolder(join(root, FOLDER));
  return join(root, FOLDER, `${prefix}${randomUUID()}`);
}

/** Writes bytes to a new temporary file, on disk when this returns; its path. */
export async function writeTemporary(root: string, bytes: Uint8Array, watch?: PublishWatch): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(await temporaryPath(root), bytes, watch);
    } catch (error) {
      // The folder was removed under our feet; an NFS client notices that only now.
      if (!isGone(error) || attempt === WRITE_ATTEMPTS) throw error;
      await readdir(root).catch(() => {});
    }
  }
}

async function writeOnce(path: string, bytes: Uint8Array, watch?: PublishWatch): Promise<string> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(bytes);
      watch?.end("write");
      // A full NFS export says so only here.
      await file.sync();
      watch?.end("fsync");
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeTemporary(path);
    throw error;
  }
  return path;
}

export async function removeTemporary(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** A file that is stamped by whoever looks through storage, so that the next one need not. */
export function lastLookPath(root: string): string {
  return join(root, FOLDER, "last-look");
}

/** A path for what is on its way out: gone from where it was with one `rename`, and then removed. */
export function evictedPath(root: string): Promise<string> {
  return temporaryPath(root, EVICTED);
}

/** Milliseconds on the clock that stamps files in storage, which may be another machine's. */
export type StorageClock = () => number;

/** Reads storage's clock once; from then on it goes on with this machine's. */
export async function readStorageClock(root: string): Promise<StorageClock> {
  const own = await writeTemporary(root, new Uint8Array());
  try {
    return clockFrom((await stat(own)).mtimeMs);
  } finally {
    await removeTemporary(own);
  }
}

export function clockFrom(nowMs: number): StorageClock {
  const begun = performance.now();
  return () => nowMs + performance.now() - begun;
}

/** Removes the files of writers that were killed; how many. Any number of machines may do so at once. */
export async function sweepTemporaryFiles(root: string): Promise<number> {
  const abandonedBefore = (await readStorageClock(root))() - ABANDONED_AFTER_MS;
  let swept = 0;
  for (const name of await readdir(join(root, FOLDER))) {
    const path = join(root, FOLDER, name);
    const status = await stat(path).catch(() => undefined);
    if (!status?.isFile() || status.mtimeMs > abandonedBefore) continue;
    await removeTemporary(path);
    swept += 1;
  }
  return swept;
}

/** Removes what evictions that were killed left behind; how much. */
export async function sweepEvicted(root: string): Promise<number> {
  const names = await readdir(join(root, FOLDER)).catch(() => []);
  const evicted = names.filter((name) => name.startsWith(EVICTED));
  for (const name of evicted) await removeEvicted(join(root, FOLDER, name));
  return evicted.length;
}

/** Others may be removing the same. */
export async function removeEvicted(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
