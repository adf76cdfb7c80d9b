import type { OriginalRendition } from "../shared/media/original.ts";
import type { SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import { type AudioGroup, audioGroups } from "../shared/playlist/audio-groups.ts";
import { type ControllerError, notOffered } from "./controller-error.ts";
import { AudioQualityEnum, VideoQualityEnum } from "./enums.ts";

/** What a controller offers of the qualities that a file has. */
export interface OfferedQualities {
  readonly video: readonly VideoQualityEnum[] | undefined;
  readonly audio: readonly AudioQualityEnum[] | undefined;
}

/** Rungs that aren't called by their short side. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [2160, VideoQualityEnum.P4K],
  [4320, VideoQualityEnum.P8K],
]);

/** A rendition's quality as it stands in URLs. */
export function qualityOf(rendition: VideoRendition | SoundRendition | OriginalRendition): string {
  if (rendition.kind === "original") return VideoQualityEnum.ORIGINAL;
  if (rendition.kind === "audio")
    return isCopied(rendition) ? AudioQualityEnum.ORIGINAL : AudioQualityEnum.AAC;
  const side = shortSide(rendition);
  return NAMES.get(side) ?? `${side}p`;
}

/** A sound rendition's place among the file's tracks. */
export function trackIndex({ id }: SoundRendition): number {
  return Number(id.slice(1));
}

/** Rungs that are offered, never none: where a file has none of those that are wanted, the next smaller one. */
export function offeredRungs(
  { video }: Title,
  { video: wanted }: OfferedQualities,
): readonly VideoRendition[] {
  const sides = wanted?.flatMap((quality) => sideOf(quality) ?? []);
  if (!sides || video.length === 0) return video;
  const offered = video.filter((rendition) => sides.includes(shortSide(rendition)));
  return offered.length > 0
    ? offered
    : [nextSmaller(video, Math.max(...sides, 0) || Number.POSITIVE_INFINITY)];
}

/** Groups of sound that are offered: stereo, and what is copied, where there is any of that. */
export function offeredGroups({ audio }: Title, { audio: wanted }: OfferedQualities): readonly AudioGroup[] {
  const groups = audioGroups(audio.filter((rendition) => isCopied(rendition) || isStereo(rendition)));
  const copied = groups.filter(({ id }) => id !== "stereo");
  if (wanted && !wanted.includes(AudioQualityEnum.ORIGINAL)) return groups.slice(0, 1);
  return wanted && !wanted.includes(AudioQualityEnum.AAC) && copied.length > 0 ? copied : groups;
}

/** The rung of a quality, or the largest below it that is offered. @throws ControllerError for an unknown quality. */
export function findRung(
  title: Title,
  offered: OfferedQualities,
  quality: string,
  index: number,
): VideoRendition {
  if (title.video.length === 0) throw noPicture(title);
  requireFirst(title, index);
  const side = sideOf(quality);
  if (side === undefined) {
    throw notOffered(
      `There is no video quality “${quality}”: it is one of ${Object.values(VideoQualityEnum).join(", ")}.`,
    );
  }
  return nextSmaller(offeredRungs(title, offered), side);
}

/** What is answered in place of the original picture where that is not offered. */
export function largestRung(title: Title, offered: OfferedQualities): VideoRendition {
  const rung = offeredRungs(title, offered).at(-1);
  if (!rung) throw noPicture(title);
  return rung;
}

/** A track's sound: as it is in the file where that is asked for and can be had, else as AAC. */
export function findSound(
  title: Title,
  offered: OfferedQualities,
  quality: string,
  index: number,
): SoundRendition {
  const known: readonly string[] = Object.values(AudioQualityEnum);
  if (!known.includes(quality)) {
    throw notOffered(`There is no audio quality “${quality}”: it is one of ${known.join(", ")}.`);
  }
  const ofTrack = title.audio.filter((rendition) => trackIndex(rendition) === index);
  const isOriginal = quality === AudioQualityEnum.ORIGINAL && (offered.audio?.includes(quality) ?? true);
  const found = (isOriginal && ofTrack.find(isCopied)) || ofTrack.find(isStereo);
  if (!found) throw notOffered(`“${title.source.path}” has no audio track ${index}.`);
  return found;
}

/** One picture of a file is played, whatever else it holds. */
export function requireFirst({ source }: Title, index: number): void {
  if (index !== 0) throw notOffered(`“${source.path}” has no video track ${index}: its picture is 0.`);
}

function noPicture({ source }: Title): ControllerError {
  return notOffered(`“${source.path}” has no picture.`);
}

function isCopied({ audio }: SoundRendition): boolean {
  return audio.codec !== "aac";
}

function isStereo({ audio }: SoundRendition): boolean {
  return audio.codec === "aac" && audio.channels === 2;
}

function shortSide({ rung }: VideoRendition): number {
  return Math.min(rung.width, rung.height);
}

function nextSmaller(rungs: readonly VideoRendition[], side: number): VideoRendition {
  return rungs.findLast((rendition) => shortSide(rendition) <= side) ?? rungs[0]!;
}

/** Undefined for the original, and for what is no quality. */
function sideOf(quality: string): number | undefined {
  for (const [side, name] of NAMES) if (name === quality) return side;
  const [, digits] = /^([1-9]\d{0,4})p$/.exec(quality) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
