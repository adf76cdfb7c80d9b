import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, where they are missing. Unlike `mkdir` with `recursive` it comes to an end where
 * the one above is there and refuses with ENOENT, as below /proc: Node.js tries that again for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || above === path) throw error;
    await makeFolder(above);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    // A file system that can't be written to may refuse what is there, too.
    const isThere = code !== "ENOENT" && (await stat(path).catch(() => undefined))?.isDirectory();
    if (!isThere) throw error;
  }
}
