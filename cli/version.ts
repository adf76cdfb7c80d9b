import { readFileSync } from "node:fs";

/** The package's version: its package.json lies above both the sources and what is built of them. */
export function version(): string {
  for (const up of ["..", "../.."]) {
    try {
      const file = readFileSync(new URL(`${up}/package.json`, import.meta.url), "utf8");
      return (JSON.parse(file) as { version: string }).version;
    } catch {
      // Not on this level.
    }
  }
  return "unknown";
}
