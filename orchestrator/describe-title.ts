import type { TitleDescription } from "../shared/api/title.ts";
import { encoderName } from "../shared/media/encoder.ts";
import { MEDIA_PLAYLIST, ORIGINAL_PLAYLIST, SPRITES } from "../shared/media/segment-name.ts";
import type { PlanOptions, Title } from "../shared/media/title.ts";
import { nameAudio } from "../shared/playlist/audio-names.ts";
import { titleChapters } from "../shared/playlist/chapters.ts";
import { nameSubtitles } from "../shared/playlist/subtitle-names.ts";
import { WHOLE_SUBTITLES } from "../shared/playlist/subtitle-playlist.ts";
import { multiply, rational, round, toNumber } from "../shared/rational.ts";
import { subtitleRenditions, unavailableSubtitles } from "../shared/subtitles/subtitle-renditions.ts";
import { multivariantPlaylistUrl, titleUrl } from "./hls-path.ts";
import { SPRITE_CUES } from "./picture-path.ts";
import type { KnownOriginal } from "./title-plans.ts";

/** A file's name without its ending. */
export function nameTitle(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot > 0 ? file.slice(0, dot) : file;
}

/**
 * What a title consists of, as JSON for programs.
 * @param original the picture as it is in the file, as far as somebody has looked into it.
 * @param query what each URL ends in.
 */
export function describeTitle(
  title: Title,
  original: KnownOriginal | undefined,
  query: string,
): TitleDescription {
  const { source, duration, options } = title;
  const { path, video } = source;
  return {
    path,
    name: nameTitle(path),
    durationMs: round(multiply(duration, rational(1000))),
    hls: multivariantPlaylistUrl(path) + query,
    ...(video && {
      video: {
        codec: video.codec,
        width: video.width,
        height: video.height,
        frameRate: Math.round(toNumber(video.averageRate) * 1000) / 1000,
      },
      thumbnails: titleUrl(path, `${title.key}/${SPRITES}/${SPRITE_CUES}`) + query,
    }),
    ...(video && describeEncoder(options)),
    ...(original && { original: describeOriginal(title, original, query) }),
    audio: describeAudio(title),
    subtitles: describeSubtitles(title, query),
    chapters: titleChapters(title),
  };
}

/** What makes the rungs, where that is or was to be hardware. */
function describeEncoder({ encoder, insteadOf }: PlanOptions) {
  if (insteadOf)
    return {
      encoder: { name: encoderName(undefined), insteadOf: insteadOf.encoder, reason: insteadOf.reason },
    };
  return encoder && { encoder: { name: encoderName(encoder) } };
}

function describeOriginal({ source }: Title, original: KnownOriginal, query: string) {
  if (original.kind === "unavailable") return { unavailable: original.reason };
  return { codec: original.codec, hls: titleUrl(source.path, ORIGINAL_PLAYLIST) + query };
}

function describeAudio({ source }: Title) {
  const names = nameAudio(source.audio);
  return source.audio.map(({ codec, channels, isDefault }, position) => ({
    ...names[position]!,
    codec,
    channels,
    default: isDefault,
  }));
}

function describeSubtitles({ key, source }: Title, query: string) {
  const renditions = subtitleRenditions(source);
  const names = nameSubtitles(renditions);
  const urlOf = (id: string, name: string) => titleUrl(source.path, `${key}/${id}/${name}`) + query;
  const offered = renditions.map((rendition, position) => ({
    ...names[position]!,
    codec: rendition.codec,
    ...flagsOf(rendition),
    default: rendition.isDefault,
    url: urlOf(rendition.id, WHOLE_SUBTITLES),
    hls: urlOf(rendition.id, MEDIA_PLAYLIST),
  }));
  const unavailable = unavailableSubtitles(source);
  const itsNames = nameSubtitles(unavailable.map(({ track }) => ({ ...track, id: "" })));
  return [
    ...offered,
    ...unavailable.map(({ track, reason }, position) => ({
      ...itsNames[position]!,
      codec: track.codec,
      ...flagsOf(track),
      unavailable: reason,
    })),
  ];
}

function flagsOf(track: { readonly isForced: boolean; readonly isHearingImpaired: boolean }) {
  return { forced: track.isForced, hearingImpaired: track.isHearingImpaired };
}
