import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Config, ConfigError } from "../shared/config.ts";
import { DiskTimeoutError, mediaDisk } from "../shared/node/disk-calls.ts";
import { checkWritable } from "../shared/node/file-storage.ts";
import { isFull } from "../shared/node/storage-fault.ts";

/** @param argument of the command, which overrules the setting. */
export async function mediaFolder(config: Config, argument?: string): Promise<string> {
  const folder = argument ?? config.MEDIA_DIR;
  if (!folder) throw new ConfigError("no folder of films given: name one as an argument, or in MEDIA_DIR.");
  const path = resolve(folder);
  const status = await mediaDisk
    .run(() => stat(path))
    .catch((error: unknown) => {
      if (error instanceof DiskTimeoutError)
        throw new ConfigError(`the media folder ${path} does not answer.`);
      return undefined;
    });
  if (!status?.isDirectory()) throw new ConfigError(`the media folder ${path} is not there or is no folder.`);
  return path;
}

/** Where finished segments are kept; made if need be, and writable, though it may be full for now. */
export async function storageFolder(config: Config): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const path = resolve(config.STORAGE_DIR ?? join(cache, "seamline"));
  await checkWritable(path).catch((error: Error) => {
    if (isFull(error)) return;
    throw new ConfigError(`STORAGE_DIR=${path}: can't be written to (${error.message}).`);
  });
  return path;
}
