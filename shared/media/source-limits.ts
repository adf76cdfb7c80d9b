import { FaultError } from "../fault.ts";
import { compare, rational, subtract, toNumber } from "../rational.ts";
import { displaySize } from "./ladder.ts";
import { clockZero, type SourceInfo } from "./source-info.ts";

/** Pixels of a picture, as it is stored and as it is shown; 4320p has half of it. */
export const MAX_PIXELS = 8192 * 8192;
/** Longest side of a picture: x264's own limit. */
const MAX_SIDE = 16384;
/** Of every kind: Matroska counts the fonts of its subtitles as streams. */
export const MAX_STREAMS = 256;
const MAX_SOUND_TRACKS = 64;
/** The whole plan is made before the first segment, and printed for every viewer. */
const MAX_HOURS = 48;

/** Refuses a source whose plan, pictures or playlists would cost more than any film is worth. */
export function checkLimits(source: SourceInfo): void {
  const { path, video, audio } = source;
  if (video) {
    const shown = displaySize(video);
    for (const { width, height } of [video, shown]) {
      if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
        throw tooLarge(path, `has pictures of ${width}x${height} pixels`, "8192x8192 pixels");
      }
    }
  }
  if (audio.length > MAX_SOUND_TRACKS) {
    throw tooLarge(path, `has ${audio.length} sound tracks`, `${MAX_SOUND_TRACKS}`);
  }
  const zero = clockZero(source);
  for (const { end } of [...(video ? [video] : []), ...audio]) {
    if (!end || compare(subtract(end, zero), rational(MAX_HOURS * 3600)) <= 0) continue;
    const hours = Math.round(toNumber(subtract(end, zero)) / 3600);
    throw tooLarge(path, `claims to be ${hours} hours long`, `${MAX_HOURS} hours`);
  }
}

export function tooLarge(path: string, what: string, most: string): FaultError {
  return new FaultError("source-too-large", `“${path}” ${what}: ${most} are the most that is played.`);
}
