import { compare, type Rational, toDecimal, ZERO } from "../../shared/rational.ts";

/**
 * The containers that Seamline reads. FFmpeg would also follow playlists and scripts (hls, concat, dash)
 * to other files and hosts; these never open here.
 */
const DEMUXERS = [
  "aac",
  "ac3",
  "aiff",
  "ape",
  "asf",
  "avi",
  "caf",
  "dts",
  "dv",
  "eac3",
  "flac",
  "flv",
  "matroska",
  "mov",
  "mp3",
  "mpeg",
  "mpegts",
  "mxf",
  "nut",
  "ogg",
  "rm",
  "tta",
  "w64",
  "wav",
  "wtv",
  "wv",
];

/** Options before every `-i`: which protocols and formats may be opened at all. */
export const inputGuards: readonly string[] = [
  "-protocol_whitelist",
  "file",
  "-format_whitelist",
  DEMUXERS.join(","),
];

/** Quiet, non-interactive, and no window into other files. */
export const globalArgs: readonly string[] = [
  "-nostdin",
  "-hide_banner",
  "-v",
  "error",
  "-progress",
  "pipe:1",
];

/**
 * Opens a file at `seekTo` seconds on FFmpeg's seek clock (which counts from the container's start), or at
 * its beginning. `-copyts` keeps the container's time stamps: all cutting is done on them.
 */
export function inputArgs(realPath: string, seekTo: Rational): string[] {
  const seek = compare(seekTo, ZERO) > 0 ? ["-noaccurate_seek", "-ss", toDecimal(seekTo, 6)] : [];
  return [...inputGuards, ...seek, "-copyts", "-i", `file:${realPath}`];
}
