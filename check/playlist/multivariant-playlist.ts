import type { Finding } from "../violation.ts";
import { type Attributes, type PlaylistLine, readAttributes } from "./playlist-lines.ts";

/** A line that names a media playlist, with what it says of it. */
export interface StreamEntry {
  readonly line: number;
  readonly attributes: Attributes;
  /** Absolute; undefined for a rendition that is part of its variants. */
  readonly url: string | undefined;
}

export interface MultivariantPlaylist {
  readonly url: string;
  readonly isIndependent: boolean;
  /** EXT-X-STREAM-INF. */
  readonly variants: readonly StreamEntry[];
  /** EXT-X-MEDIA. */
  readonly renditions: readonly StreamEntry[];
  /** EXT-X-I-FRAME-STREAM-INF, and EXT-X-IMAGE-STREAM-INF, which is not part of the RFC. */
  readonly pictures: readonly StreamEntry[];
}

export interface ReadMultivariant {
  readonly playlist: MultivariantPlaylist;
  readonly findings: readonly Finding[];
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "EXT-X-STREAM-INF": ["BANDWIDTH"],
  "EXT-X-MEDIA": ["TYPE", "GROUP-ID", "NAME"],
  "EXT-X-I-FRAME-STREAM-INF": ["BANDWIDTH", "URI"],
  "EXT-X-IMAGE-STREAM-INF": ["BANDWIDTH", "URI"],
};
const MEDIA_TAGS = /^(EXTINF|EXT-X-TARGETDURATION|EXT-X-BYTERANGE|EXT-X-MAP|EXT-X-ENDLIST)$/;

/** Reads what can be read of a multivariant playlist (4.4.6), and says what is wrong with the rest. */
export function readMultivariant(url: string, lines: readonly PlaylistLine[]): ReadMultivariant {
  const findings: Finding[] = [];
  const entries = new Map<string, StreamEntry[]>(Object.keys(REQUIRED).map((name) => [name, []]));
  let isIndependent = false;
  for (const [position, line] of lines.entries()) {
    if (line.kind !== "tag") continue;
    const place = { url, line: line.line };
    if (line.name === "EXT-X-INDEPENDENT-SEGMENTS") isIndependent = true;
    if (MEDIA_TAGS.test(line.name))
      findings.push({ code: "playlist-mixed", place, expected: "no media segments", found: line.name });
    const required = REQUIRED[line.name];
    if (!required) continue;
    const attributes = readAttributes(line.value);
    if (!attributes) {
      findings.push({ code: "tag-malformed", place, expected: "an attribute list", found: line.value });
      continue;
    }
    for (const name of required.filter((name) => !attributes.has(name)))
      findings.push({ code: "attribute-missing", place, expected: name, found: line.name });
    const uri = uriOf(line.name, attributes, lines[position + 1]);
    if (line.name === "EXT-X-STREAM-INF" && uri === undefined)
      findings.push({ code: "uri-missing", place, expected: "a URI on the next line", found: "none" });
    entries.get(line.name)!.push({ line: line.line, attributes, url: resolve(uri, url) });
  }
  const playlist = {
    url,
    isIndependent,
    variants: entries.get("EXT-X-STREAM-INF")!,
    renditions: entries.get("EXT-X-MEDIA")!,
    pictures: [...entries.get("EXT-X-I-FRAME-STREAM-INF")!, ...entries.get("EXT-X-IMAGE-STREAM-INF")!],
  };
  if (playlist.variants.length === 0)
    findings.push({ code: "playlist-empty", place: { url }, expected: "EXT-X-STREAM-INF", found: "none" });
  return { playlist, findings };
}

function uriOf(name: string, attributes: Attributes, next: PlaylistLine | undefined): string | undefined {
  if (name !== "EXT-X-STREAM-INF") return attributes.get("URI");
  return next?.kind === "uri" ? next.uri : undefined;
}

/** @returns undefined where there is nothing to resolve. */
export function resolve(uri: string | undefined, base: string): string | undefined {
  return uri !== undefined && URL.canParse(uri, base) ? new URL(uri, base).href : undefined;
}
