/** A reader of playlists for tests, as strict as RFC 8216bis 4.1 and 4.2 allow. */

export interface Tag {
  readonly name: string;
  /** What follows the colon. */
  readonly value: string;
  /** The line after the tag, where that is a URI. */
  readonly uri?: string;
}

/** Throws unless the text is a playlist: first line, line ends, no empty or unknown lines. */
export function readPlaylist(text: string): Tag[] {
  if (!text.startsWith("#EXTM3U\n")) throw new Error("does not begin with #EXTM3U");
  if (!text.endsWith("\n")) throw new Error("the last line is cut off");
  if (/[^\P{Cc}\n]/u.test(text)) throw new Error("a control character");
  if (text !== text.normalize("NFC") && text.includes("\uFEFF")) throw new Error("a byte order mark");
  const lines = text.slice(0, -1).split("\n");
  const tags: Tag[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === "") throw new Error(`line ${at + 1} is empty`);
    if (!line.startsWith("#")) {
      const before = lines[at - 1]!;
      if (!before.startsWith("#EXTINF:") && !before.startsWith("#EXT-X-STREAM-INF:"))
        throw new Error(`the URI on line ${at + 1} belongs to no tag`);
      continue;
    }
    const match = /^#(EXT[A-Z0-9-]*)(?::(.*))?$/su.exec(line);
    if (!match) throw new Error(`line ${at + 1} is no tag: ${line}`);
    const next = lines[at + 1];
    const takesUri = match[1] === "EXTINF" || match[1] === "EXT-X-STREAM-INF";
    if (takesUri && (next === undefined || next.startsWith("#")))
      throw new Error(`line ${at + 1} has no URI`);
    tags.push({ name: match[1]!, value: match[2] ?? "", ...(takesUri && { uri: next! }) });
  }
  return tags;
}

/** An attribute list: each name once; quoted strings come back with their quotes. */
export function readAttributes(list: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const attribute = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/uy;
  while (attribute.lastIndex < list.length) {
    const at = attribute.lastIndex;
    const match = attribute.exec(list);
    if (!match) throw new Error(`no attribute at “${list.slice(at)}”`);
    if (attributes.has(match[1]!)) throw new Error(`${match[1]} twice`);
    attributes.set(match[1]!, match[2]!);
    if (match[3] === "" && attribute.lastIndex !== list.length) throw new Error("rest after the list");
  }
  return attributes;
}

export function tagsNamed(tags: readonly Tag[], name: string): Tag[] {
  return tags.filter((tag) => tag.name === name);
}
