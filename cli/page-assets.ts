import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PageAssets } from "../orchestrator/routes/page.ts";

/** The web page as the build left it: in `dist/web`, whether this runs from there or from the sources. */
const FOLDER = fileURLToPath(
  new URL(import.meta.url.includes("/dist/") ? "../web/" : "../dist/web/", import.meta.url),
);

export function createPageAssets(folder = FOLDER): PageAssets {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}
