import { existsSync, readFileSync } from "node:fs";

/** As `package.json` has it: beside `dist/`, or beside the sources where these are run as they are. */
export function programVersion(): string {
  const places = ["../../package.json", "../package.json"].map((path) => new URL(path, import.meta.url));
  const { version } = JSON.parse(readFileSync(places.find(existsSync)!, "utf8"));
  return version;
}
