import { resolve } from "node:path";

/** The title of a file: its absolute path, without the slash that it begins with, since films lie below the root. */
export function titlePath(filePath: string): string {
  return resolve(filePath).slice(1);
}
