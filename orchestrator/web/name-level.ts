import { formatBitrate, formatRung } from "./format.ts";

/** A variant of the multivariant playlist, as hls.js describes it. */
export type LevelFacts = {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly bitrate: number;
  /** URL of its media playlist. */
  readonly uri: string;
};

/** `720p`, `1080p60`, or `Original · 1080p` for the picture as it is in the file. */
export function nameLevel(level: LevelFacts): string {
  return isOriginal(level.uri) ? `Original · ${formatRung(level)}` : formatRung(level);
}

/** The same with what it asks of the network. */
export function describeLevel(level: LevelFacts): string {
  // Without a picture the bitrate is the name.
  return level.height > 0 ? `${nameLevel(level)} · ${formatBitrate(level.bitrate)}` : nameLevel(level);
}

/** Whether the rendition that the URL names (`…/<title key>/<rendition>/index.m3u8`) is the original picture. */
export function isOriginal(uri: string): boolean {
  const [path = ""] = uri.split(/[?#]/);
  return /^o\d+$/.test(path.split("/").at(-2) ?? "");
}
