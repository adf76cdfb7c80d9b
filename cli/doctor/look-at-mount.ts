import { readFile, realpath } from "node:fs/promises";
import { type Diagnosis, ok, warn } from "./diagnosis.ts";

export interface Mount {
  readonly folder: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** How storage is mounted, where that is over a network; nothing where it isn't, or the system doesn't say. */
export async function lookAtMount(root: string): Promise<readonly Diagnosis[]> {
  const table = await readFile("/proc/mounts", "utf8").catch(() => "");
  const mount = findMount(table, await realpath(root));
  return mount?.type.startsWith("nfs") ? lookAtNfs(mount) : [];
}

/** The mount that a path lies on: of several the deepest, and of those the last. */
export function findMount(table: string, path: string): Mount | undefined {
  const mounts = table.split("\n").flatMap((line): Mount[] => {
    const [, folder, type, options] = line.split(" ");
    return folder && type && options
      ? [{ folder: unescapeMount(folder), type, options: options.split(",") }]
      : [];
  });
  const above = mounts.filter(
    ({ folder }) => folder === "/" || path === folder || path.startsWith(`${folder}/`),
  );
  return above.reduce<Mount | undefined>(
    (a, b) => (a && a.folder.length > b.folder.length ? a : b),
    undefined,
  );
}

/** docs/operations.md says why. */
export function lookAtNfs({ type, options }: Mount): readonly Diagnosis[] {
  const name = "storage: NFS";
  const version = options.find((option) => option.startsWith("vers="))?.slice(5) ?? type.slice(3);
  const findings: Diagnosis[] = [];
  if (options.includes("soft") || options.includes("softerr"))
    findings.push(warn(name, "mounted soft", "mount it hard: a write that is given up may be half done"));
  if (version !== "4.2") findings.push(warn(name, `version ${version}`, "mount it with vers=4.2"));
  if (!options.includes("lookupcache=positive") && !options.includes("lookupcache=pos")) {
    const cure = "where a front server or the edge reads it too, mount it there with lookupcache=positive";
    findings.push(warn(name, "remembers names that were missing", cure));
  }
  return findings.length > 0 ? findings : [ok(name, `version ${version}, hard, lookupcache=positive`)];
}

/** Spaces and the like stand there as `\040`. */
function unescapeMount(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
