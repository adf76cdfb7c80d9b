import { link, mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../../shared/config.ts";
import { DiskCalls, DiskTimeoutError } from "../../shared/node/disk-calls.ts";
import { defaultMinFree, freeSpace } from "../../shared/node/free-space.ts";
import { removeTemporary, temporaryPath, writeTemporary } from "../../shared/node/temporary-files.ts";
import { formatBytes } from "../output/words.ts";
import { type Diagnosis, fail, ok, reasonOf, warn } from "./diagnosis.ts";
import { lookAtMount } from "./look-at-mount.ts";

/** A segment is published with three such calls. */
const SLOW_SYNC_MS = 200;
/** Ages are told by one clock, the file server's, so a difference does no harm; so large a one is a wrong clock. */
const MOST_OFFSET_MS = 5000;
const SAMPLE = new Uint8Array(65_536);
const MARKER = "doctor-";

/** Each step writes a few small files at most. */
const STEP_TIMEOUT_MS = 5000;
const NO_ANSWER = "see whether its disk, or the server that it is mounted from, answers at all";
/** All steps may be under way, and wait for the same disk. */
const disk = new DiskCalls({ atOnce: 8, timeoutMs: STEP_TIMEOUT_MS });

/** What storage is asked to do when a segment is published, evicted or served, and the nodes that use it too. */
export async function lookAtStorage(root: string, config: Config): Promise<readonly Diagnosis[]> {
  const cure = "name a folder in STORAGE_DIR that this user may write to, on a disk with space";
  const written = await attempt("write and fsync", () => lookAtWrite(root), cure, `${root}: `);
  if (written.status === "fail") return [written];
  const steps = await Promise.all([
    attempt("link", () => lookAtLink(root), "put STORAGE_DIR on a file system with hard links"),
    attempt(
      "rename",
      () => lookAtRename(root),
      "put STORAGE_DIR on one file system, which can rename folders",
    ),
    attempt(
      "listing",
      () => lookAtListing(root),
      "mount it so that a folder shows what was just put into it",
    ),
    attempt("clock", () => lookAtClock(root), "set both clocks by NTP"),
    attempt("free space", () => lookAtSpace(root, config), "make room, or put STORAGE_DIR elsewhere"),
    attempt("nodes", () => lookAtNodes(root, config), "see whether this user may write there"),
  ]);
  return [written, ...steps, ...(await disk.run(() => lookAtMount(root)).catch(() => []))];
}

async function attempt(
  what: string,
  look: () => Promise<Diagnosis>,
  cure: string,
  where = "",
): Promise<Diagnosis> {
  return disk.run(look).catch((error: unknown) => {
    const name = `storage: ${what}`;
    return error instanceof DiskTimeoutError
      ? fail(name, `${where}no answer within ${STEP_TIMEOUT_MS / 1000} s`, NO_ANSWER)
      : fail(name, `${where}${reasonOf(error)}`, cure);
  });
}

async function lookAtWrite(root: string): Promise<Diagnosis> {
  const name = "storage: write and fsync";
  const began = performance.now();
  await removeTemporary(await writeTemporary(root, SAMPLE));
  const ms = Math.ceil(performance.now() - began);
  const found = `${ms} ms in ${root}`;
  return ms > SLOW_SYNC_MS
    ? warn(name, found, "put STORAGE_DIR on a faster disk: each segment is synced")
    : ok(name, found);
}

/** Publishing: the first to give an object its name wins, and nobody after it does. */
async function lookAtLink(root: string): Promise<Diagnosis> {
  const name = "storage: link";
  const from = await writeTemporary(root, SAMPLE);
  const to = `${from}-linked`;
  try {
    await link(from, to);
    const second = await link(from, to).then(
      () => "made",
      ({ code }: NodeJS.ErrnoException) => code,
    );
    if (second === "EEXIST") return ok(name, "the first publication wins");
    return fail(
      name,
      `a second link to one name was ${second}`,
      "put STORAGE_DIR on a file system with POSIX links",
    );
  } finally {
    for (const path of [from, to]) await removeTemporary(path);
  }
}

/** Eviction: a title leaves its place in one step. */
async function lookAtRename(root: string): Promise<Diagnosis> {
  const from = await temporaryPath(root);
  const to = `${from}-moved`;
  try {
    await mkdir(from);
    await writeFile(join(from, "object"), SAMPLE);
    await rename(from, to);
    const isWhole = (await stat(join(to, "object"))).size === SAMPLE.length;
    return isWhole
      ? ok("storage: rename", "folders move whole")
      : fail("storage: rename", "what moved is not whole", "see to the file system");
  } finally {
    for (const path of [from, to]) await rm(path, { recursive: true, force: true });
  }
}

/** Readers open only names that a listing has shown. */
async function lookAtListing(root: string): Promise<Diagnosis> {
  const folder = await temporaryPath(root);
  await mkdir(folder);
  try {
    const names = Array.from({ length: 8 }, (_, k) => `${k}.m4s`);
    for (const name of names) {
      await writeFile(join(folder, name), "");
      if (!(await readdir(folder)).includes(name))
        return fail(
          "storage: listing",
          "a new file is not listed at once",
          "mount it without caching of folders",
        );
    }
    return ok("storage: listing", "shows what was just written");
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rmdir(folder).catch(() => {});
  }
}

async function lookAtClock(root: string): Promise<Diagnosis> {
  const path = await writeTemporary(root, SAMPLE);
  try {
    return clockDiagnosis("storage: clock", (await stat(path)).mtimeMs - Date.now());
  } finally {
    await removeTemporary(path);
  }
}

function clockDiagnosis(name: string, offsetMs: number): Diagnosis {
  const found = `${Math.abs(offsetMs) < 100 ? "the same as here" : `${(offsetMs / 1000).toFixed(1)} s from this machine's`}`;
  return Math.abs(offsetMs) > MOST_OFFSET_MS ? warn(name, found, "set both clocks by NTP") : ok(name, found);
}

async function lookAtSpace(root: string, config: Config): Promise<Diagnosis> {
  const space = await freeSpace(root);
  const least = config.STORAGE_MIN_FREE_BYTES ?? defaultMinFree(space);
  const found = `${formatBytes(space.freeBytes)} of ${formatBytes(space.totalBytes)}`;
  if (space.freeBytes < least)
    return warn(
      "storage: free space",
      found,
      `below STORAGE_MIN_FREE_BYTES (${formatBytes(least)}): titles are evicted at once`,
    );
  return ok("storage: free space", found);
}

/**
 * Leaves a note for doctors on other nodes, and reads theirs. It lies among the temporary files, which are swept
 * after ten minutes.
 */
async function lookAtNodes(root: string, config: Config): Promise<Diagnosis> {
  const own = `${MARKER}${config.WORKER_ID ?? hostname()}`;
  const folder = join(root, "tmp");
  await writeFile(join(folder, own), `${Date.now()}`);
  const storageNow = (await stat(join(folder, own))).mtimeMs;
  const others = (await readdir(folder)).filter((name) => name.startsWith(MARKER) && name !== own);
  const notes = await Promise.all(others.map((name) => readNote(folder, name, storageNow)));
  const seen = notes.flatMap((note) => note ?? []);
  const wrong = seen.filter(({ offsetMs }) => Math.abs(offsetMs) > MOST_OFFSET_MS);
  if (seen.length === 0)
    return ok(
      "storage: nodes",
      "no other; run doctor on another node within ten minutes to see whether it is the same storage",
    );
  const found = `seen ${seen.map(({ node, ageMs }) => `${node} ${Math.round(ageMs / 1000)} s ago`).join(", ")}`;
  if (wrong.length === 0) return ok("storage: nodes", found);
  const clocks = wrong.map(
    ({ node, offsetMs }) => `${node}'s clock is ${(offsetMs / 1000).toFixed(1)} s off`,
  );
  return warn("storage: nodes", `${found}; ${clocks.join(", ")}`, "set the clocks of all nodes by NTP");
}

async function readNote(folder: string, name: string, storageNow: number) {
  try {
    const path = join(folder, name);
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    const ageMs = Math.max(0, storageNow - mtimeMs);
    return { node: name.slice(MARKER.length), ageMs, offsetMs: Number(text) - mtimeMs };
  } catch {
    // Swept in between.
    return undefined;
  }
}
