import {
  ALL_PICTURES_PLAYLIST,
  INIT_SEGMENT,
  LONG_MEDIA_PLAYLIST,
  MEDIA_PLAYLIST,
  MULTIVARIANT_PLAYLIST,
  ORIGINAL_PLAYLIST,
  parseMediaSegmentName,
} from "../shared/media/segment-name.ts";
import { CHAPTERS_JSON, CHAPTERS_VTT } from "../shared/playlist/chapters.ts";
import { parseSubtitleName, type SubtitleName } from "../shared/playlist/subtitle-playlist.ts";
import { type PicturePath, parsePicturePath } from "./picture-path.ts";

/** What a URL below `/hls/` asks for. `path` is the title's: in the media folder, or on another host. */
export type HlsPath =
  | PicturePath
  /** `isForAll`: any player may change between all of its variants. */
  | { readonly kind: "multivariant-playlist"; readonly path: string; readonly isForAll: boolean }
  | { readonly kind: "original-playlist"; readonly path: string }
  | { readonly kind: "description"; readonly path: string }
  | {
      readonly kind: "chapters";
      readonly path: string;
      readonly titleKey: string;
      readonly name: ChaptersName;
    }
  | ({ readonly kind: "subtitles"; readonly name: SubtitleName } & RenditionPath)
  /** `isLong`: with the target duration of the original picture. */
  | ({ readonly kind: "media-playlist"; readonly isLong: boolean } & RenditionPath)
  | ({ readonly kind: "init-segment" } & RenditionPath)
  | ({ readonly kind: "media-segment"; readonly index: number } & RenditionPath);

interface RenditionPath {
  readonly path: string;
  readonly titleKey: string;
  readonly rendition: string;
}

type ChaptersName = typeof CHAPTERS_JSON | typeof CHAPTERS_VTT;

const PREFIX = "/hls/";
/** What a title consists of, beside its multivariant playlist. */
export const TITLE_DESCRIPTION = "title.json";
export const TITLE_KEY = /^[0-9a-f]{32}$/;

/**
 * Renditions by the letter of their ids: `v` rungs, `o` the original picture, `i` its keyframes alone; `a` stereo,
 * `m` surround, `d` sound as it is in the file; `t` subtitles of the file, `x` those that lie beside it.
 */
export const RENDITION_ID = /^(?:[vioamdt]\d{1,4}|x[0-9a-f]{8})$/;

/** The title's path in a part of a URL's path, each piece percent-encoded; undefined where it is none. */
export function decodePath(encoded: string): string | undefined {
  const pieces = encoded.split("/").map(decodePiece);
  return pieces.some((piece) => piece === undefined) ? undefined : pieces.join("/");
}

/** What a request's URL asks for. The router's own idea of it is half decoded, and names may hold any character. */
export function parseHlsUrl({ pathname }: URL): HlsPath | undefined {
  return pathname.startsWith(PREFIX) ? parseHlsPath(pathname.slice(PREFIX.length)) : undefined;
}

/**
 * Reads the part of a URL's path after `/hls/`: `<path>/master.m3u8`, `<path>/all.m3u8`, `<path>/original.m3u8`,
 * `<path>/<title key>/<name>` or `<path>/<title key>/<rendition>/<name>`, or a picture, each piece percent-encoded. Undefined for anything else.
 */
export function parseHlsPath(encoded: string): HlsPath | undefined {
  const pieces = encoded.split("/").map(decodePiece);
  if (pieces.some((piece) => piece === undefined)) return undefined;
  const decoded = pieces as string[];
  const name = decoded.at(-1);
  if ((name === MULTIVARIANT_PLAYLIST || name === ALL_PICTURES_PLAYLIST) && decoded.length > 1) {
    const isForAll = name === MULTIVARIANT_PLAYLIST;
    return { kind: "multivariant-playlist", path: decoded.slice(0, -1).join("/"), isForAll };
  }
  if (name === ORIGINAL_PLAYLIST && decoded.length > 1) {
    return { kind: "original-playlist", path: decoded.slice(0, -1).join("/") };
  }
  if (name === TITLE_DESCRIPTION && decoded.length > 1) {
    return { kind: "description", path: decoded.slice(0, -1).join("/") };
  }
  const key = decoded.at(-2);
  if ((name === CHAPTERS_JSON || name === CHAPTERS_VTT) && decoded.length > 2 && TITLE_KEY.test(key!)) {
    return { kind: "chapters", path: decoded.slice(0, -2).join("/"), titleKey: key!, name };
  }
  const picture = parsePicturePath(decoded);
  if (picture) return picture;
  const [titleKey, rendition] = decoded.slice(-3, -1);
  if (decoded.length < 4 || !TITLE_KEY.test(titleKey!) || !RENDITION_ID.test(rendition!)) return undefined;
  const common = { path: decoded.slice(0, -3).join("/"), titleKey: titleKey!, rendition: rendition! };
  if (isSubtitleId(common.rendition)) {
    const subtitles = parseSubtitleName(name!);
    return subtitles && { kind: "subtitles", name: subtitles, ...common };
  }
  if (name === MEDIA_PLAYLIST || name === LONG_MEDIA_PLAYLIST)
    return { kind: "media-playlist", isLong: name === LONG_MEDIA_PLAYLIST, ...common };
  if (name === INIT_SEGMENT) return { kind: "init-segment", ...common };
  const index = parseMediaSegmentName(name!);
  return index === undefined ? undefined : { kind: "media-segment", index, ...common };
}

/** `/hls/<path>/master.m3u8` for a path in the media folder. */
export function multivariantPlaylistUrl(path: string): string {
  return titleUrl(path, MULTIVARIANT_PLAYLIST);
}

/** `/hls/<path>/<name>`. @param name of something that needs no escape. */
export function titleUrl(path: string, name: string): string {
  return `${PREFIX}${path.split("/").map(encodeURIComponent).join("/")}/${name}`;
}

function isSubtitleId(rendition: string): boolean {
  return rendition.startsWith("t") || rendition.startsWith("x");
}

/** One piece of a path; undefined where it is no name of a file or folder. */
function decodePiece(piece: string): string | undefined {
  try {
    const name = decodeURIComponent(piece);
    return name === "" || name === "." || name === ".." || /[/\0]/.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
}
