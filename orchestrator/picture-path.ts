import { MEDIA_PLAYLIST, POSTER, SPRITES } from "../shared/media/segment-name.ts";
import { parseSheetName } from "../shared/media/sprite-plan.ts";

/** What a URL below `/hls/` asks for of a title's pictures. */
export type PicturePath =
  | { readonly kind: "poster"; readonly path: string }
  | { readonly kind: "screenshot"; readonly path: string }
  | { readonly kind: "sprite-cues" | "sprite-playlist"; readonly path: string; readonly titleKey: string }
  | {
      readonly kind: "sprite-sheet";
      readonly path: string;
      readonly titleKey: string;
      readonly sheet: number;
    };

/** The WebVTT that says which picture on which sheet stands for which time. */
export const SPRITE_CUES = "index.vtt";
const SCREENSHOT = "screenshot";

/**
 * Reads `<path>/poster.jpg`, `<path>/screenshot` and `<path>/<title key>/sprites/<name>`.
 * @param pieces decoded. Undefined for anything else.
 */
export function parsePicturePath(pieces: readonly string[]): PicturePath | undefined {
  const name = pieces.at(-1);
  const path = pieces.slice(0, -1).join("/");
  if (pieces.length > 1 && name === POSTER) return { kind: "poster", path };
  if (pieces.length > 1 && name === SCREENSHOT) return { kind: "screenshot", path };
  const [titleKey, folder] = pieces.slice(-3, -1);
  if (pieces.length < 4 || folder !== SPRITES || !/^[0-9a-f]{32}$/.test(titleKey!)) return undefined;
  const common = { path: pieces.slice(0, -3).join("/"), titleKey: titleKey! };
  if (name === SPRITE_CUES) return { kind: "sprite-cues", ...common };
  if (name === MEDIA_PLAYLIST) return { kind: "sprite-playlist", ...common };
  const sheet = parseSheetName(name!);
  return sheet === undefined ? undefined : { kind: "sprite-sheet", sheet, ...common };
}
