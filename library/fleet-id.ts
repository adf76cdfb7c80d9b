import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FileStorage } from "../shared/node/file-storage.ts";

const NAME = "fleet-id";

/**
 * The name of the fleet that a storage folder belongs to, made up by whoever opens it first. Nodes that share the
 * folder are one fleet; those of another folder take none of its jobs, though they use the same Redis: what they
 * made would lie where nobody looks for it.
 */
export async function fleetId(storageDir: string): Promise<string> {
  // Listed first: NFS clients remember for a while that a name was missing.
  if (!(await readdir(storageDir)).includes(NAME)) {
    await new FileStorage(storageDir).publish(NAME, new TextEncoder().encode(randomUUID()));
  }
  return readFile(join(storageDir, NAME), "utf8");
}
