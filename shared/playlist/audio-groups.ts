import type { AudioRendition } from "../media/ladder.ts";
import { declaredBitrate } from "../media/rate-budget.ts";
import type { AudioTrack } from "../media/source-info.ts";
import type { SoundRendition } from "../media/title.ts";
import { formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { nameAudio } from "./audio-names.ts";

/** Every track once, in one form of sound where it has that, else in stereo: changing language loses none. */
export interface AudioGroup {
  readonly id: "stereo" | "surround" | "ac3" | "eac3";
  /** In the order of the tracks, the same in all groups (RFC 8216bis 4.4.6.1.1). */
  readonly members: readonly SoundRendition[];
  /** Of all members (RFC 6381). */
  readonly codecs: readonly string[];
  /** The most that any member needs, bit/s. */
  readonly peakBitrate: number;
  readonly averageBitrate: number;
}

const CODECS = { aac: "mp4a.40.2", ac3: "ac-3", eac3: "ec-3" } as const;
const GROUPS = ["stereo", "surround", "ac3", "eac3"] as const;

/** Stereo, which all players can play, first, then the others that some track has. */
export function audioGroups(renditions: readonly SoundRendition[]): readonly AudioGroup[] {
  const stereo = renditions.filter(({ audio }) => formOf(audio) === "stereo");
  return GROUPS.flatMap((id) => {
    const own = renditions.filter(({ audio }) => formOf(audio) === id);
    if (own.length === 0) return [];
    const formOfTrack = new Map(own.map((rendition) => [rendition.audio.track, rendition]));
    const members = stereo.map((rendition) => formOfTrack.get(rendition.audio.track) ?? rendition);
    return [
      {
        id,
        members,
        codecs: [...new Set([...own, ...members].map(({ audio }) => CODECS[audio.codec]))],
        peakBitrate: Math.max(...members.map((r) => declaredBitrate(r.audio.peakBitrate, r.timeline))),
        averageBitrate: Math.max(...members.map((r) => r.audio.averageBitrate)),
      },
    ];
  });
}

/** The EXT-X-MEDIA tags of a group (RFC 8216bis 4.4.6.1). */
export function mediaTags(
  { id, members }: AudioGroup,
  uriOf: (rendition: SoundRendition) => string,
): string[] {
  const tracks = members.map(({ audio }) => audio.track);
  const names = nameAudio(tracks);
  const preferred = preferredTrack(tracks);
  return members.map((rendition, position) => {
    const { name, language } = names[position]!;
    const { track, channels } = rendition.audio;
    const attributes = formatAttributeList({
      TYPE: literal("AUDIO"),
      "GROUP-ID": quoted(id),
      NAME: quoted(name),
      LANGUAGE: language === undefined ? undefined : quoted(language),
      // At most one member of a group is the default; it must be one that may be chosen by itself.
      DEFAULT: literal(position === preferred ? "YES" : "NO"),
      // By language, unless somebody talks over the film: nobody wants that unasked.
      AUTOSELECT: literal(position === preferred || !track.isCommentary ? "YES" : "NO"),
      CHARACTERISTICS: track.isDescriptive ? quoted("public.accessibility.describes-video") : undefined,
      CHANNELS: quoted(String(channels)),
      URI: quoted(uriOf(rendition)),
    });
    return `#EXT-X-MEDIA:${attributes}`;
  });
}

/** The file's own choice, but for what is not the film's plain sound; where it is all there is, the first. */
function preferredTrack(tracks: readonly AudioTrack[]): number {
  const isPlain = (track: AudioTrack) => !track.isCommentary && !track.isDescriptive;
  const chosen = tracks.findIndex((track) => track.isDefault && isPlain(track));
  return Math.max(0, chosen >= 0 ? chosen : tracks.findIndex(isPlain));
}

function formOf({ codec, channels }: AudioRendition): AudioGroup["id"] {
  if (codec !== "aac") return codec;
  return channels === 6 ? "surround" : "stereo";
}
