/**
 * A strict reader of HLS playlists (RFC 8216bis) for tests, independent of the product's own code: a line or an
 * attribute that it doesn't know is an error, since nothing is served by accident.
 */

export type Attributes = ReadonlyMap<string, string>;

export interface Variant {
  readonly attributes: Attributes;
  readonly uri: string;
}

export interface MultivariantPlaylist {
  readonly variants: readonly Variant[];
  /** Attributes of each EXT-X-MEDIA. */
  readonly media: readonly Attributes[];
}

export interface MediaPlaylist {
  readonly targetDuration: number;
  /** URI of the init segment. */
  readonly map: string;
  readonly segments: readonly { readonly uri: string; readonly seconds: number }[];
}

const streamAttributes = [
  ...["BANDWIDTH", "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE"],
  ...["VIDEO-RANGE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"],
];
const iframeAttributes = ["BANDWIDTH", "CODECS", "RESOLUTION", "URI"];
/** Image Media Playlist 0.4, which isn't part of the RFC. */
const imageAttributes = iframeAttributes;
const mediaAttributes = [
  ...["TYPE", "GROUP-ID", "NAME", "LANGUAGE", "DEFAULT", "AUTOSELECT", "FORCED", "CHANNELS"],
  ...["CHARACTERISTICS", "URI"],
];

export function readMultivariantPlaylist(text: string): MultivariantPlaylist {
  const lines = linesOf(text);
  const variants: Variant[] = [];
  const media: Attributes[] = [];
  const once = new Set<string>();
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [tag, value] = splitTag(line);
    if (tag === "EXT-X-STREAM-INF") {
      // 4.4.6.2: the URI line that follows is required.
      variants.push({ attributes: readAttributes(value, streamAttributes), uri: readUri(lines.shift()) });
    } else if (tag === "EXT-X-I-FRAME-STREAM-INF") readAttributes(value, iframeAttributes);
    else if (tag === "EXT-X-IMAGE-STREAM-INF") readAttributes(value, imageAttributes);
    else if (tag === "EXT-X-SESSION-DATA") readAttributes(value, ["DATA-ID", "URI"]);
    else if (tag === "EXT-X-MEDIA") media.push(readAttributes(value, mediaAttributes));
    else expectOnce(once, line, ["EXT-X-VERSION:7", "EXT-X-INDEPENDENT-SEGMENTS"]);
  }
  if (variants.length === 0) throw new Error("a multivariant playlist without variants");
  return { variants, media };
}

export function readMediaPlaylist(text: string): MediaPlaylist {
  const lines = linesOf(text);
  if (lines.pop() !== "#EXT-X-ENDLIST") throw new Error("a VOD playlist must end in EXT-X-ENDLIST");
  const segments: { uri: string; seconds: number }[] = [];
  const once = new Set<string>();
  let map: string | undefined;
  let targetDuration: number | undefined;
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [tag, value] = splitTag(line);
    if (tag === "EXTINF") {
      const seconds = /^(\d+\.\d+),$/.exec(value)?.[1];
      if (!seconds || !map) throw new Error(`not what a media segment begins with: ${line}`);
      segments.push({ seconds: Number(seconds), uri: readUri(lines.shift()) });
    } else if (tag === "EXT-X-MAP" && !map) map = readAttributes(value, ["URI"]).get("URI");
    else if (tag === "EXT-X-TARGETDURATION" && targetDuration === undefined && /^\d+$/.test(value)) {
      targetDuration = Number(value);
    } else
      expectOnce(once, line, [
        ...["EXT-X-VERSION:7", "EXT-X-MEDIA-SEQUENCE:0", "EXT-X-PLAYLIST-TYPE:VOD"],
        "EXT-X-INDEPENDENT-SEGMENTS",
      ]);
  }
  if (!map || targetDuration === undefined || segments.length === 0) throw new Error(`incomplete:\n${text}`);
  return { targetDuration, map, segments };
}

/** The lines after the first, which must be EXTM3U (4.4.1.1). */
function linesOf(text: string): string[] {
  const [first, ...lines] = text.split("\n");
  if (first !== "#EXTM3U" || lines.pop() !== "") throw new Error(`not a playlist: ${text.slice(0, 200)}`);
  return lines;
}

function splitTag(line: string): [string, string] {
  const match = /^#(EXT[A-Z0-9-]+)(?::(.*))?$/.exec(line);
  if (!match) throw new Error(`not a tag: ${line}`);
  return [match[1]!, match[2] ?? ""];
}

function expectOnce(seen: Set<string>, line: string, allowed: readonly string[]): void {
  if (!allowed.includes(line.slice(1)) || seen.has(line)) throw new Error(`unexpected line ${line}`);
  seen.add(line);
}

function readUri(line: string | undefined): string {
  if (!line || line.startsWith("#")) throw new Error(`a URI is missing where ${line} is`);
  return line;
}

/** 4.2: `NAME=value` joined by commas, a value quoted or without comma, quote and space. */
function readAttributes(list: string, known: readonly string[]): Attributes {
  const attributes = new Map<string, string>();
  const pattern = /([A-Z0-9-]+)=(?:"([^"]*)"|([^",\s]+))(?:,(?=[A-Z])|$)/y;
  while (pattern.lastIndex < list.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(list);
    if (!match) throw new Error(`not an attribute list from character ${at} on: ${list}`);
    const [, name, quoted, bare] = match;
    if (attributes.has(name!) || !known.includes(name!)) throw new Error(`unexpected ${name} in ${list}`);
    attributes.set(name!, quoted ?? bare!);
  }
  return attributes;
}
