import { open, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { FaultError } from "../shared/fault.ts";
import { hashText } from "../shared/media/hash.ts";
import { DiskTimeoutError, mediaDisk } from "../shared/node/disk-calls.ts";
import { type SourceFile, START_BYTES } from "./source-file.ts";

/**
 * Finds a file of the media folder. What lies outside it, by `..` or by a symbolic link, is not there
 * for anybody.
 */
export async function openSource(mediaDir: string, path: string): Promise<SourceFile> {
  const realPath = await resolveInside(mediaDir, path);
  const status = await statOrFault(realPath, path);
  if (!status.isFile()) throw new FaultError("source-not-a-file", `“${path}” is not a file.`);
  if (status.size === 0n) throw new FaultError("source-empty", `“${path}” is empty (0 bytes).`);
  // Whole milliseconds: file systems and their caches disagree about the digits below.
  const modifiedMs = status.mtimeNs / 1_000_000n;
  return {
    path,
    // Free of symbolic links.
    inputUrl: `file:${realPath}`,
    readStart: () => mediaDisk.run(() => readStart(realPath)),
    fingerprint: await hashText(JSON.stringify([path, `${status.size}`, `${modifiedMs}`])),
  };
}

async function readStart(realPath: string): Promise<Buffer> {
  const file = await open(realPath, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The real path of what lies in the media folder, links followed. */
export async function resolveInside(mediaDir: string, path: string): Promise<string> {
  if (path.includes("\0")) throw notFound(path);
  const root = await mediaDisk
    .run(() => realpath(mediaDir))
    .catch((error: unknown) => {
      if (error instanceof DiskTimeoutError) throw fromErrno(error, path);
      throw new FaultError("source-unreadable", `The media folder ${mediaDir} can't be read.`, {
        cause: error,
      });
    });
  const realPath = await mediaDisk
    .run(() => realpath(join(root, path)))
    .catch((error: unknown) => {
      throw fromErrno(error, path);
    });
  if (!realPath.startsWith(root.endsWith(sep) ? root : root + sep)) throw notFound(path);
  return realPath;
}

async function statOrFault(realPath: string, path: string) {
  return mediaDisk
    .run(() => stat(realPath, { bigint: true }))
    .catch((error: unknown) => {
      throw fromErrno(error, path);
    });
}

function fromErrno(error: unknown, path: string): FaultError {
  if (error instanceof DiskTimeoutError) {
    const detail = `“${path}” did not answer in time: see whether the disk that it lies on does.`;
    return new FaultError("source-timeout", detail, { cause: error });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENAMETOOLONG")
    return notFound(path);
  const detail = `“${path}” can't be read (${code}): check its owner and permissions.`;
  return new FaultError("source-unreadable", detail, { cause: error });
}

function notFound(path: string): FaultError {
  return new FaultError("source-not-found", `There is no “${path}” in the media folder.`);
}
