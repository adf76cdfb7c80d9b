import { readdirSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/footage-cache.ts";

const root = join(repositoryRoot, "deploy/kubernetes/overlays");

export const overlays: readonly string[] = readdirSync(root);

export const overlayFolder = (overlay: string): string => join(root, overlay);
