/** A line that means something. */
export type PlaylistLine =
  | { readonly kind: "tag"; readonly line: number; readonly name: string; readonly value: string }
  | { readonly kind: "uri"; readonly line: number; readonly uri: string };

/** The lines of a playlist; undefined where the first is not EXTM3U (4.4.1.1). Comments and empty lines are left out. */
export function readLines(text: string): readonly PlaylistLine[] | undefined {
  // 4.1: no byte order mark; a checker reads on to see what else there is.
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  if (lines[0]?.trimEnd() !== "#EXTM3U") return undefined;
  return lines.slice(1).flatMap((raw, index): PlaylistLine[] => {
    const line = index + 2;
    const content = raw.trim();
    if (content === "" || (content.startsWith("#") && !content.startsWith("#EXT"))) return [];
    if (!content.startsWith("#")) return [{ kind: "uri", line, uri: content }];
    const colon = content.indexOf(":");
    const name = colon < 0 ? content.slice(1) : content.slice(1, colon);
    return [{ kind: "tag", line, name, value: colon < 0 ? "" : content.slice(colon + 1) }];
  });
}

export type Attributes = ReadonlyMap<string, string>;

/** Reads an attribute list (4.2); undefined where it is none. Quotes are taken off. */
export function readAttributes(list: string): Attributes | undefined {
  const attributes = new Map<string, string>();
  const pattern = /\s*([A-Z0-9-]+)=(?:"([^"]*)"|([^",\s][^",]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < list.length) {
    const match = pattern.exec(list);
    if (!match || attributes.has(match[1]!)) return undefined;
    attributes.set(match[1]!, match[2] ?? match[3]!.trim());
  }
  return attributes;
}

/** Whether a playlist is a multivariant one, by the first tag that only one kind has. */
export function isMultivariant(lines: readonly PlaylistLine[]): boolean {
  return lines.some(
    (line) =>
      line.kind === "tag" &&
      /^EXT-X-(STREAM-INF|MEDIA|I-FRAME-STREAM-INF|SESSION-DATA|SESSION-KEY)$/.test(line.name),
  );
}
