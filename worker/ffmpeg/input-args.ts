import { MAX_PIXELS, MAX_STREAMS } from "../../shared/media/source-limits.ts";
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

/** No single block of memory is larger: twice a picture of the most pixels with 16 bits and three full planes. */
const MAX_BLOCK_BYTES = 2 * MAX_PIXELS * 2 * 3;

/**
 * Options before every `-i`: which protocols and formats may be opened at all, and how large a picture. They
 * bind the input alone: what is written goes to pipes.
 */
export function inputGuards(inputUrl: string): readonly string[] {
  return [
    ...protocolGuards(inputUrl),
    ...["-format_whitelist", DEMUXERS.join(","), "-max_pixels", String(MAX_PIXELS)],
  ];
}

/** FFmpeg heeds the variable `http_proxy`, by which it would take what lies on this machine elsewhere. */
function protocolGuards(inputUrl: string): readonly string[] {
  return inputUrl.startsWith("file:")
    ? ["-protocol_whitelist", "file"]
    : ["-protocol_whitelist", "http,tcp", "-http_proxy", ""];
}

/** For looks at a source alone: what is encoded has passed them. */
export const streamGuard: readonly string[] = ["-max_streams", String(MAX_STREAMS)];

/** What ffmpeg and ffprobe have in common: quiet, and never a senselessly large block of memory. */
export const commonArgs: readonly string[] = [
  ...["-hide_banner", "-v", "error", "-max_alloc", String(MAX_BLOCK_BYTES)],
];

/** Non-interactive, too. */
export const globalArgs: readonly string[] = ["-nostdin", "-nostats", ...commonArgs];

/**
 * Opens a source at `seekTo` seconds on FFmpeg's seek clock (which counts from the container's start), or at
 * its beginning. `-copyts` keeps the container's time stamps: all cutting is done on them.
 */
export function inputArgs(inputUrl: string, seekTo: Rational): string[] {
  const seek = compare(seekTo, ZERO) > 0 ? ["-noaccurate_seek", "-ss", toDecimal(seekTo, 6)] : [];
  return [...inputGuards(inputUrl), ...seek, "-copyts", "-i", inputUrl];
}
