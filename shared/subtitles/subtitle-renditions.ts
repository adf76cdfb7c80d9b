import type { SourceInfo, SubtitleTrack } from "../media/source-info.ts";

/** Subtitles that are offered. */
export interface SubtitleRendition {
  /** `t` and the position among the file's subtitles, or `x` and the id of a file beside it. */
  readonly id: string;
  /** FFmpeg's name of the format that they are made from. */
  readonly codec: string;
  readonly language?: string;
  readonly title?: string;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
  /** Shown to whoever has not chosen. */
  readonly isDefault: boolean;
}

/** Subtitles that are in a file and are not offered. */
export interface UnavailableSubtitles {
  readonly track: SubtitleTrack;
  /** For people. */
  readonly reason: string;
}

/** All are made by one process, which has a pipe for each. */
const MOST_TRACKS = 64;

/** A text track of a file, and the id of its rendition. */
export interface TextTrack {
  readonly id: string;
  readonly track: SubtitleTrack;
}

export function textTracks({ subtitles }: SourceInfo): readonly TextTrack[] {
  return subtitles
    .map((track, position) => ({ id: `t${position}`, track }))
    .filter(({ track }) => track.form === "text")
    .slice(0, MOST_TRACKS);
}

/** The file's own, then those that lie beside it. */
export function subtitleRenditions(source: SourceInfo): readonly SubtitleRendition[] {
  const own = textTracks(source).map(({ id, track: { streamIndex: _, form: __, ...track } }) => ({
    ...track,
    id,
    // That a track is marked as default says little: Matroska has it so where nobody says otherwise. Those that
    // everybody needs are meant to be seen.
    isDefault: track.isDefault && track.isForced,
  }));
  const beside = (source.beside?.subtitles ?? []).map(({ id, format: codec, ...file }) => ({
    ...file,
    id: `x${id}`,
    codec,
  }));
  return withOneDefault([...own, ...beside]);
}

export function unavailableSubtitles(source: SourceInfo): readonly UnavailableSubtitles[] {
  const offered = new Set(textTracks(source).map(({ track }) => track));
  return source.subtitles
    .filter((track) => !offered.has(track))
    .map((track) => ({ track, reason: reasonOf(track) }));
}

function reasonOf({ form, codec }: SubtitleTrack): string {
  switch (form) {
    case "text":
      return `A title has ${MOST_TRACKS} tracks of subtitles at most.`;
    case "image":
      return "These subtitles are pictures of text, which can't be offered as text yet.";
    case "other":
      return `Subtitles of the kind ${codec} can't be read yet.`;
  }
}

/** RFC 8216bis 4.4.6.1: no more than one of a group. What somebody wrote into a file's name comes first. */
function withOneDefault(renditions: readonly SubtitleRendition[]): readonly SubtitleRendition[] {
  const chosen = renditions.findLast(({ isDefault }) => isDefault);
  return renditions.map((rendition) => ({ ...rendition, isDefault: rendition === chosen }));
}
