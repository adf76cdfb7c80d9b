import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/footage-cache.ts";

const dockerfile = readFileSync(join(repositoryRoot, "Dockerfile"), "utf8");
const pairs = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) => line!.split(" "));
const settings = pairs.map((pair) => pair.split("=") as [string, string]);

/** The settings in the images: where the program listens, where it finds films and puts segments. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  settings.filter(([name]) => name !== "NODE_ENV"),
);
