import type { MultivariantPlaylist } from "../playlist/multivariant-playlist.ts";
import type { Finding } from "../violation.ts";

const GROUPS = {
  AUDIO: "AUDIO",
  VIDEO: "VIDEO",
  SUBTITLES: "SUBTITLES",
  "CLOSED-CAPTIONS": "CLOSED-CAPTIONS",
};

/** Groups that variants name, and the names inside of a group (4.4.6.1.1, 4.4.6.2.1). */
export function checkGroups({ url, variants, renditions }: MultivariantPlaylist): readonly Finding[] {
  const groups = new Set(renditions.map(({ attributes }) => groupOf(attributes)));
  const missing = variants.flatMap(({ line, attributes }) =>
    Object.entries(GROUPS).flatMap(([attribute, type]): Finding[] => {
      const name = attributes.get(attribute);
      if (name === undefined || (attribute === "CLOSED-CAPTIONS" && name === "NONE")) return [];
      if (groups.has(`${type} ${name}`)) return [];
      const expected = `EXT-X-MEDIA of TYPE=${type} with GROUP-ID="${name}"`;
      return [{ code: "group-missing", place: { url, line }, expected, found: "none" }];
    }),
  );
  const names = new Set<string>();
  const duplicates = renditions.flatMap(({ line, attributes }): Finding[] => {
    const name = `${groupOf(attributes)} ${attributes.get("NAME")}`;
    if (!names.has(name)) {
      names.add(name);
      return [];
    }
    const found = `another NAME="${attributes.get("NAME")}"`;
    return [{ code: "name-duplicate", place: { url, line }, expected: "a name of its own", found }];
  });
  return [...missing, ...duplicates];
}

function groupOf(attributes: ReadonlyMap<string, string>): string {
  return `${attributes.get("TYPE")} ${attributes.get("GROUP-ID")}`;
}
