import { open, opendir, stat } from "node:fs/promises";
import { posix } from "node:path";
import { FaultError } from "../../shared/fault.ts";
import { hashText } from "../../shared/media/hash.ts";
import { isRemotePath } from "../../shared/media/remote-path.ts";
import type { SubtitleFile } from "../../shared/media/source-info.ts";
import { mediaDisk } from "../../shared/node/disk-calls.ts";
import { matchSidecars } from "../../shared/subtitles/sidecar-name.ts";
import { resolveInside } from "../media-folder.ts";

/** A subtitle file beside a film, and how to read it. */
export interface Sidecar {
  readonly file: SubtitleFile;
  read(): Promise<Uint8Array>;
}

/** Names of a folder that are looked at. */
const MOST_NAMES = 20_000;
const NAMES_AT_ONCE = 1024;
const MOST_SIDECARS = 64;
/** A film's text is a hundredth of it. */
const MAX_BYTES = 10_000_000;

/**
 * The subtitle files beside a film of the media folder. What is too large for one, is empty, leads out of the folder,
 * or can't be read isn't one.
 */
export async function findSidecars(mediaDir: string, path: string): Promise<readonly Sidecar[]> {
  if (isRemotePath(path)) return [];
  const { dir, base } = posix.parse(path);
  const matches = matchSidecars(base, await listNames(mediaDir, dir)).slice(0, MOST_SIDECARS);
  const sidecars = await Promise.all(
    matches.map(async ({ file, name }) => {
      const found = await look(mediaDir, posix.join(dir, file)).catch(() => undefined);
      if (!found) return [];
      const { realPath, size, modifiedMs } = found;
      const hash = await hashText(JSON.stringify([file, `${size}`, `${modifiedMs}`]));
      return [{ file: { id: hash.slice(0, 8), ...name }, read: () => readWhole(realPath, path) }];
    }),
  );
  return sidecars.flat();
}

/** Hash of a film and of what lies beside it. */
export function revisionOf(fingerprint: string, sidecars: readonly Sidecar[]): Promise<string> {
  return hashText(JSON.stringify([fingerprint, ...sidecars.map(({ file }) => file)]));
}

/** A folder that can't be listed has nothing beside its films: what can be watched is watched without. */
async function listNames(mediaDir: string, dir: string): Promise<readonly string[]> {
  try {
    const folder = dir === "" ? mediaDir : await resolveInside(mediaDir, dir);
    return await mediaDisk.run(() => readNames(folder));
  } catch {
    return [];
  }
}

async function readNames(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(folder, { bufferSize: NAMES_AT_ONCE })) {
    names.push(name);
    if (names.length === MOST_NAMES) break;
  }
  return names;
}

async function look(mediaDir: string, path: string) {
  const realPath = await resolveInside(mediaDir, path);
  const status = await mediaDisk.run(() => stat(realPath, { bigint: true }));
  if (!status.isFile() || status.size === 0n || status.size > MAX_BYTES) return undefined;
  return { realPath, size: status.size, modifiedMs: status.mtimeNs / 1_000_000n };
}

async function readWhole(realPath: string, path: string): Promise<Uint8Array> {
  try {
    return await mediaDisk.run(() => readBounded(realPath));
  } catch (error) {
    const detail = `Subtitles beside “${path}” can't be read: check their owner and permissions.`;
    throw new FaultError("source-unreadable", detail, { cause: error });
  }
}

/** It may have grown since it was looked at. */
async function readBounded(realPath: string): Promise<Uint8Array> {
  const file = await open(realPath, "r");
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MAX_BYTES)));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
