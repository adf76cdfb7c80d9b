import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { titleFolder, titleObject } from "../../shared/storage/object-name.ts";

/** Keys of titles: a letter repeated. */
export function titleKey(letter: string): string {
  return letter.repeat(32);
}

/** Puts a title of several objects into storage, last used so many minutes ago. */
export async function storeTitle(
  root: string,
  letter: string,
  { ageMinutes, objects = 4, bytes = 10_000 }: { ageMinutes: number; objects?: number; bytes?: number },
): Promise<void> {
  const storage = new FileStorage(root);
  for (let index = 0; index < objects; index++) {
    const name = titleObject(titleKey(letter), index % 2 ? "a0" : "v240", `${index}.m4s`);
    await storage.publish(name, new Uint8Array(bytes).fill(index));
  }
  await age(root, letter, ageMinutes);
}

/** Makes it look as if nobody had used a title for so long. */
export async function age(root: string, letter: string, minutes: number): Promise<void> {
  const then = Date.now() / 1000 - minutes * 60;
  await utimes(join(root, titleFolder(titleKey(letter)), "used"), then, then);
}
