import type { Finding } from "../violation.ts";
import { resolve } from "./multivariant-playlist.ts";
import { type PlaylistLine, readAttributes } from "./playlist-lines.ts";

/** Bytes [start, end) of a resource. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Where bytes are fetched. */
export interface ResourceName {
  readonly url: string;
  /** Undefined for all of it. */
  readonly range: ByteSpan | undefined;
}

export interface MediaSegment extends ResourceName {
  /** Of its EXTINF. */
  readonly line: number;
  readonly index: number;
  /** EXTINF. */
  readonly seconds: number;
  readonly hasFraction: boolean;
  /** EXT-X-DISCONTINUITY stands before it. */
  readonly isDiscontinuous: boolean;
  readonly map: ResourceName | undefined;
  readonly isGap: boolean;
  readonly isEncrypted: boolean;
}

export interface MediaPlaylist {
  readonly url: string;
  readonly version: number;
  readonly versionLine: number | undefined;
  readonly targetDuration: number | undefined;
  readonly isIndependent: boolean;
  readonly isIframesOnly: boolean;
  readonly hasEnd: boolean;
  readonly usesByteRanges: boolean;
  readonly segments: readonly MediaSegment[];
}

export interface ReadMedia {
  readonly playlist: MediaPlaylist;
  readonly findings: readonly Finding[];
}

/** 4.4.1 and 4.4.3: at most once in a playlist. */
const ONCE = new Set([
  ...["EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-ENDLIST"],
  ...["EXT-X-PLAYLIST-TYPE", "EXT-X-I-FRAMES-ONLY", "EXT-X-INDEPENDENT-SEGMENTS"],
]);

/** Reads what can be read of a media playlist (4.4.3, 4.4.4), and says what is wrong with the rest. */
export function readMedia(url: string, lines: readonly PlaylistLine[]): ReadMedia {
  return new MediaReader(url).read(lines);
}

/** What tags have said of the segment whose URI comes next. */
interface Pending {
  line?: number;
  seconds?: number;
  hasFraction?: boolean;
  isDiscontinuous?: boolean;
  isGap?: boolean;
  byteRange?: { readonly length: number; readonly offset: number | undefined };
}

class MediaReader {
  readonly #url: string;
  readonly #findings: Finding[] = [];
  readonly #segments: MediaSegment[] = [];
  readonly #tags = new Map<string, PlaylistLine & { kind: "tag" }>();
  readonly #rangeEnds = new Map<string, number>();
  #map: ResourceName | undefined;
  #isEncrypted = false;
  #pending: Pending = {};

  constructor(url: string) {
    this.#url = url;
  }

  read(lines: readonly PlaylistLine[]): ReadMedia {
    for (const line of lines) {
      if (line.kind === "uri") this.#uri(line.uri, line.line);
      else this.#tag(line);
    }
    if (this.#pending.line !== undefined) this.#missingUri(this.#pending.line);
    const number = (name: string) => Number(this.#tags.get(name)?.value ?? Number.NaN);
    const target = number("EXT-X-TARGETDURATION");
    const playlist: MediaPlaylist = {
      url: this.#url,
      version: number("EXT-X-VERSION") || 1,
      versionLine: this.#tags.get("EXT-X-VERSION")?.line,
      targetDuration: Number.isFinite(target) ? target : undefined,
      isIndependent: this.#tags.has("EXT-X-INDEPENDENT-SEGMENTS"),
      isIframesOnly: this.#tags.has("EXT-X-I-FRAMES-ONLY"),
      hasEnd: this.#tags.has("EXT-X-ENDLIST"),
      usesByteRanges: this.#tags.has("EXT-X-BYTERANGE"),
      segments: this.#segments,
    };
    return { playlist, findings: this.#findings };
  }

  #tag(tag: PlaylistLine & { kind: "tag" }): void {
    const { name, value, line } = tag;
    if (ONCE.has(name) && this.#tags.has(name)) this.#find("tag-duplicate", line, `one ${name}`, "another");
    this.#tags.set(name, tag);
    if (name === "EXTINF") this.#duration(value, line);
    else if (name === "EXT-X-BYTERANGE") this.#byteRange(value, line);
    else if (name === "EXT-X-DISCONTINUITY") this.#pending.isDiscontinuous = true;
    else if (name === "EXT-X-GAP") this.#pending.isGap = true;
    else if (name === "EXT-X-MAP") this.#readMap(value, line);
    else if (name === "EXT-X-KEY") this.#isEncrypted = readAttributes(value)?.get("METHOD") !== "NONE";
    else if (name === "EXT-X-TARGETDURATION" && !/^\d+$/.test(value))
      this.#find("tag-malformed", line, "whole seconds", value);
    else if (name === "EXT-X-STREAM-INF" || name === "EXT-X-MEDIA")
      this.#find("playlist-mixed", line, "no variants", name);
  }

  #duration(value: string, line: number): void {
    if (this.#pending.line !== undefined) this.#missingUri(this.#pending.line);
    const match = /^(\d+(\.\d+)?)(?:,|$)/.exec(value);
    if (!match) this.#find("tag-malformed", line, "seconds and a comma", value);
    Object.assign(this.#pending, {
      line,
      seconds: Number(match?.[1] ?? 0),
      hasFraction: match?.[2] !== undefined,
    });
  }

  #byteRange(value: string, line: number): void {
    const match = /^(\d+)(?:@(\d+))?$/.exec(value);
    if (!match) {
      this.#find("tag-malformed", line, "length@offset", value);
      return;
    }
    const offset = match[2] === undefined ? undefined : Number(match[2]);
    this.#pending.byteRange = { length: Number(match[1]), offset };
  }

  #readMap(value: string, line: number): void {
    const attributes = readAttributes(value);
    const url = resolve(attributes?.get("URI"), this.#url);
    if (!url) {
      this.#find("tag-malformed", line, 'URI="…"', value);
      return;
    }
    const range = /^(\d+)(?:@(\d+))?$/.exec(attributes?.get("BYTERANGE") ?? "");
    const start = Number(range?.[2] ?? 0);
    this.#map = { url, range: range ? { start, end: start + Number(range[1]) } : undefined };
  }

  #uri(uri: string, line: number): void {
    const {
      line: extinf,
      seconds = 0,
      hasFraction = false,
      isDiscontinuous = false,
      isGap = false,
    } = this.#pending;
    const { byteRange } = this.#pending;
    this.#pending = {};
    const url = resolve(uri, this.#url);
    if (!url) {
      this.#find("tag-malformed", line, "a URI", uri);
      return;
    }
    if (extinf === undefined) {
      this.#find("tag-malformed", line, "EXTINF before the URI", uri);
      return;
    }
    this.#segments.push({
      ...{ url, line: extinf, index: this.#segments.length, seconds, hasFraction, isDiscontinuous, isGap },
      range: byteRange && this.#rangeOf(url, byteRange),
      map: this.#map,
      isEncrypted: this.#isEncrypted,
    });
  }

  /** 4.4.4.2: without an offset it goes on where the range before it ended. */
  #rangeOf(url: string, { length, offset }: NonNullable<Pending["byteRange"]>): ByteSpan {
    const start = offset ?? this.#rangeEnds.get(url) ?? 0;
    this.#rangeEnds.set(url, start + length);
    return { start, end: start + length };
  }

  #missingUri(line: number): void {
    this.#find("uri-missing", line, "a URI after EXTINF", "none");
  }

  #find(code: Finding["code"], line: number, expected: string, found: string): void {
    this.#findings.push({ code, place: { url: this.#url, line }, expected, found });
  }
}
