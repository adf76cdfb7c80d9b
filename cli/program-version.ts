import { readFile } from "node:fs/promises";

/** The package's own description, whether this runs from `dist` or from the sources. */
const PACKAGE = new URL(
  import.meta.url.includes("/dist/") ? "../../package.json" : "../package.json",
  import.meta.url,
);

export async function programVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(PACKAGE, "utf8")) as { version: string };
  return version;
}
