import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../support/footage-cache.ts";
import type { Family, Scrape } from "./scrape.ts";

/** A metric as docs/monitoring.md lists it. */
export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const ROW = /^\| `(seamline_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm;

/** The rows of the table of metrics, in their order. */
export async function documentedMetrics(): Promise<DocumentedMetric[]> {
  const page = await readFile(join(repositoryRoot, "docs/monitoring.md"), "utf8");
  return [...page.matchAll(ROW)].map(([, name, type, labels, help]) => ({
    name: name!,
    type: type!,
    labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
    help: help!,
  }));
}

/** Our own families of several scrapes, each once, with all samples. */
export function ownFamilies(scrapes: readonly Scrape[]): Family[] {
  const byName = new Map<string, Family>();
  for (const family of scrapes.flatMap(({ families }) => families)) {
    if (!family.name.startsWith("seamline_")) continue;
    const samples = [...(byName.get(family.name)?.samples ?? []), ...family.samples];
    byName.set(family.name, { ...family, samples });
  }
  return [...byName.values()];
}

/** Labels that its samples have, but those that the format itself gives them. */
export function labelsOf({ samples }: Family): string[] {
  const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  names.delete("le");
  return [...names];
}
