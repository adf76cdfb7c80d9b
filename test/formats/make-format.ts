import { readFile, rm, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { cachedFile } from "../support/footage-cache.ts";
import { recipeArguments } from "../support/footage-catalogue.ts";
import { turnClockwise } from "../support/rotate-mp4.ts";
import { runProgram } from "../support/run-program.ts";
import type { FormatSource } from "./format-source.ts";

/** The absolute path of a file of the matrix, made on first use and kept with the footage. */
export function makeFormat({ file, recipe, remux = [], harm }: FormatSource): Promise<string> {
  const args = recipeArguments(recipe);
  const extension = extname(file);
  const key = [args, recipe.rotation ?? 0, remux, harm?.name ?? ""];
  const entry = { name: `format-${file.slice(0, -extension.length)}`, extension: extension.slice(1), key };
  return cachedFile(entry, async (path) => {
    await runProgram("ffmpeg", [...args, path]);
    if (recipe.rotation) await writeFile(path, turnClockwise(await readFile(path)));
    if (remux.length > 0) await runAgain(path, remux);
    if (harm) await writeFile(path, harm.apply(await readFile(path)));
  });
}

async function runAgain(path: string, remux: readonly string[]): Promise<void> {
  const again = `${path}.again${extname(path)}`;
  const args = remux.map((arg) => (arg === "IN" ? path : arg));
  try {
    await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args, again]);
    await writeFile(path, await readFile(again));
  } finally {
    await rm(again, { force: true });
  }
}
