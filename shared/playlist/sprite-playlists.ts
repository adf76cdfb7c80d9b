import { type SpritePlan, sheetByteLimit, sheetName } from "../media/sprite-plan.ts";
import { type Rational, rational, round, toDecimal } from "../rational.ts";
import { formatAttributeList, literal, quoted } from "./attribute-list.ts";

/**
 * Sprites as WebVTT: each cue names the sheet and the place on it (Media Fragments 4.2.2).
 * @param duration of the title, seconds: the last cue lasts until then.
 * @param query what each URI ends in.
 */
export function formatSpriteVtt(plan: SpritePlan, duration: Rational, query = ""): string {
  const { tileCount, tileSeconds, tileWidth, tileHeight, columns, rows } = plan;
  const end = round({ n: duration.n * 1000, d: duration.d });
  const cues = Array.from({ length: tileCount }, (_, tile) => {
    const place = tile % (columns * rows);
    const sheet = Math.floor(tile / (columns * rows));
    const x = (place % columns) * tileWidth;
    const y = Math.floor(place / columns) * tileHeight;
    const until = tile === tileCount - 1 ? end : (tile + 1) * tileSeconds * 1000;
    return [
      `${vttTime(tile * tileSeconds * 1000)} --> ${vttTime(until)}`,
      `${sheetName(sheet)}${query}#xywh=${x},${y},${tileWidth},${tileHeight}`,
      "",
    ].join("\n");
  });
  return ["WEBVTT", "", ...cues].join("\n");
}

/** Sprites as an image media playlist, as Roku and others read it (Image Media Playlist, 0.4). */
export function formatImagePlaylist(plan: SpritePlan, query = ""): string {
  const { tileCount, tileSeconds, columns, rows, sheetCount } = plan;
  const perSheet = columns * rows;
  const tiles = formatAttributeList({
    RESOLUTION: literal(resolution(plan)),
    LAYOUT: literal(`${columns}x${rows}`),
    DURATION: literal(toDecimal(rational(tileSeconds), 3)),
  });
  const sheets = Array.from({ length: sheetCount }, (_, sheet) => {
    const seconds = tileSeconds * Math.min(perSheet, tileCount - sheet * perSheet);
    return [`#EXTINF:${toDecimal(rational(seconds), 3)},`, `#EXT-X-TILES:${tiles}`, sheetName(sheet) + query];
  });
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${tileSeconds * Math.min(perSheet, tileCount)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    "#EXT-X-IMAGES-ONLY",
    ...sheets.flat(),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}

/** The line of a multivariant playlist that names the image media playlist. */
export function imageStreamInf(plan: SpritePlan, uri: string): string {
  const seconds = plan.tileSeconds * Math.min(plan.columns * plan.rows, plan.tileCount);
  const attributes = formatAttributeList({
    BANDWIDTH: Math.ceil((8 * sheetByteLimit(plan)) / seconds),
    RESOLUTION: literal(resolution(plan)),
    CODECS: quoted("jpeg"),
    URI: quoted(uri),
  });
  return `#EXT-X-IMAGE-STREAM-INF:${attributes}`;
}

function resolution({ tileWidth, tileHeight }: SpritePlan): string {
  return `${tileWidth}x${tileHeight}`;
}

/** `00:01:02.500`, hours of any length. */
function vttTime(milliseconds: number): string {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const seconds = Math.floor(milliseconds / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n) => pad(n));
  return `${clock.join(":")}.${pad(milliseconds % 1000, 3)}`;
}
