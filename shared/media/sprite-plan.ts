import { ceil, divide, rational } from "../rational.ts";
import { displaySize } from "./ladder.ts";
import { parseIndexedName } from "./segment-name.ts";
import { timelineDuration } from "./timeline.ts";
import type { Title } from "./title.ts";

/** Small pictures of a title for the seek bar: tile k shows what there is at k · `tileSeconds`. */
export interface SpritePlan {
  /** Whole seconds from one tile to the next. */
  readonly tileSeconds: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Tiles beside and above one another on a sheet, the same on each; places that are left over repeat the last tile. */
  readonly columns: number;
  readonly rows: number;
  readonly tileCount: number;
  readonly sheetCount: number;
}

/** Pixels of a tile's longer side. */
const LONG_SIDE = 160;
const COLUMNS = 6;
const ROWS = 5;
const MOST_TILES = 24 * COLUMNS * ROWS;
/** A picture every two seconds is about what keyframes give; the longest title that is played takes one in four minutes. */
const TILE_SECONDS = [2, 3, 5, 10, 15, 20, 30, 60, 120, 240];

/** Undefined for a title without a picture. */
export function spritePlan({ source, video: [rendition] }: Title): SpritePlan | undefined {
  if (!source.video || !rendition) return undefined;
  const length = timelineDuration(rendition.timeline);
  const tilesOf = (seconds: number) => Math.max(1, ceil(divide(length, rational(seconds))));
  const tileSeconds = TILE_SECONDS.find((seconds) => tilesOf(seconds) <= MOST_TILES) ?? TILE_SECONDS.at(-1)!;
  const tileCount = tilesOf(tileSeconds);
  const columns = Math.min(COLUMNS, tileCount);
  const rows = Math.min(ROWS, Math.ceil(tileCount / columns));
  const { width, height } = displaySize(source.video);
  const side = (pixels: number) =>
    Math.max(2, 2 * Math.round((LONG_SIDE * pixels) / Math.max(width, height) / 2));
  return {
    tileSeconds,
    tileWidth: side(width),
    tileHeight: side(height),
    columns,
    rows,
    tileCount,
    sheetCount: Math.ceil(tileCount / (columns * rows)),
  };
}

/** Bytes of a tile at most, as long as any quality achieves it: what makes the bandwidth of sheets known before them. */
export const TILE_BYTES = 8000;

export function sheetByteLimit({ columns, rows }: SpritePlan): number {
  return columns * rows * TILE_BYTES;
}

/** @param sheet from 0. */
export function sheetName(sheet: number): string {
  return `${sheet}.jpg`;
}

export const SHEET_INDEX = /^(?:0|[1-9]\d{0,5})$/;

/** Undefined for any other name. */
export function parseSheetName(name: string): number | undefined {
  return parseIndexedName(name, ".jpg", SHEET_INDEX);
}
