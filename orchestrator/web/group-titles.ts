import type { Title } from "./api.ts";

/** The titles of one folder. `folders` are the names from the media folder down to it. */
export type TitleGroup = { readonly folders: readonly string[]; readonly titles: readonly Title[] };

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Titles by folder: the media folder itself first, then its sub-folders, each in natural order. */
export function groupTitles(titles: readonly Title[]): readonly TitleGroup[] {
  const groups = new Map<string, Title[]>();
  for (const title of titles) {
    const folder = title.path.slice(0, Math.max(0, title.path.lastIndexOf("/")));
    const group = groups.get(folder);
    if (group) group.push(title);
    else groups.set(folder, [title]);
  }
  return [...groups]
    .map(([folder, members]) => ({
      folders: folder === "" ? [] : folder.split("/"),
      titles: members.sort((a, b) => natural.compare(a.name, b.name) || natural.compare(a.path, b.path)),
    }))
    .sort((a, b) => compareFolders(a.folders, b.folders));
}

/** Whether every word of the query is in the title's path or name, whatever its case and accents. */
export function matchesQuery(title: Title, query: string): boolean {
  const text = fold(`${title.path} ${title.name}`);
  return fold(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

function compareFolders(a: readonly string[], b: readonly string[]): number {
  for (const [depth, name] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    const order = natural.compare(name, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
