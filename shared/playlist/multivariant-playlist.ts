import { avcCodec } from "../media/avc-level.ts";
import type { OriginalRendition } from "../media/original.ts";
import { declaredBitrate } from "../media/rate-budget.ts";
import { MEDIA_PLAYLIST } from "../media/segment-name.ts";
import type { SoundRendition, Title, VideoRendition } from "../media/title.ts";
import { toDecimal } from "../rational.ts";
import { formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { nameAudio } from "./audio-names.ts";
import { chapterSessionData } from "./chapters.ts";
import { originalVariant } from "./original-variant.ts";
import { pictureVariants } from "./picture-variants.ts";
import { subtitleGroup, subtitleGroupOf } from "./subtitle-group.ts";

const AUDIO_GROUP = "stereo";
const AAC_LC = "mp4a.40.2";
/** Apple's authoring rules, 9.20: what a player opens first is made for about 2 Mbit/s. */
const FIRST_VARIANT_BITRATE = 2_000_000;

/**
 * The multivariant playlist of a title (RFC 8216bis 4.4.6). URIs are relative to it and begin with the
 * title key, so that a replaced source has other URLs.
 * @param query what each URI ends in.
 * @param original the picture as it is in the file, where that can be offered.
 */
export function formatMultivariantPlaylist(title: Title, query = "", original?: OriginalRendition): string {
  const [first] = title.audio;
  const uriOf: UriOf = ({ id }) => `${title.key}/${id}/${MEDIA_PLAYLIST}${query}`;
  const sound = first ? [soundVariant(title, first, uriOf)] : [];
  const variants = title.video.length > 0 ? videoVariants(title, uriOf) : sound;
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    ...(original?.isIndependent === false ? [] : ["#EXT-X-INDEPENDENT-SEGMENTS"]),
    ...chapterSessionData(title, query),
    ...audioGroup(title, uriOf),
    ...subtitleGroup(title, query),
    ...variants.flat(),
    ...(original ? originalLines(title, original, uriOf) : []),
    ...pictureVariants(title, query),
    "",
  ].join("\n");
}

type UriOf = (rendition: { readonly id: string }) => string;

function videoVariants(title: Title, uriOf: UriOf): string[][] {
  const audio = loudest(title.audio);
  return firstVariantFirst(title.video).map((rendition) => {
    const { rung, timeline } = rendition;
    const attributes = formatAttributeList({
      BANDWIDTH: declaredBitrate(rung.peakBitrate, timeline) + audio.peak,
      "AVERAGE-BANDWIDTH": rung.averageBitrate + audio.average,
      CODECS: quoted([avcCodec(rung.level), ...(title.audio.length > 0 ? [AAC_LC] : [])].join(",")),
      RESOLUTION: literal(`${rung.width}x${rung.height}`),
      "FRAME-RATE": literal(toDecimal(rung.rate, 3)),
      // 4.4.6.2: whatever the source's range is, these are brought to SDR.
      "VIDEO-RANGE": literal("SDR"),
      AUDIO: title.audio.length > 0 ? quoted(AUDIO_GROUP) : undefined,
      SUBTITLES: subtitleGroupOf(title),
      "CLOSED-CAPTIONS": literal("NONE"),
    });
    return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(rendition)];
  });
}

function originalLines(title: Title, original: OriginalRendition, uriOf: UriOf): string[] {
  const hasSound = title.audio.length > 0;
  const attributes = formatAttributeList({
    ...originalVariant(original, title.source.video!, {
      ...loudest(title.audio),
      codecs: hasSound ? [AAC_LC] : [],
    }),
    AUDIO: hasSound ? quoted(AUDIO_GROUP) : undefined,
    SUBTITLES: subtitleGroupOf(title),
    "CLOSED-CAPTIONS": literal("NONE"),
  });
  return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(original)];
}

/** A title without a picture is one variant: its first track. */
function soundVariant(title: Title, rendition: SoundRendition, uriOf: UriOf): string[] {
  const audio = loudest(title.audio);
  const attributes = formatAttributeList({
    BANDWIDTH: audio.peak,
    "AVERAGE-BANDWIDTH": audio.average,
    CODECS: quoted(AAC_LC),
    AUDIO: title.audio.length > 1 ? quoted(AUDIO_GROUP) : undefined,
    SUBTITLES: subtitleGroupOf(title),
  });
  return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(rendition)];
}

function audioGroup(title: Title, uriOf: UriOf): string[] {
  if (title.video.length === 0 && title.audio.length < 2) return [];
  const preferred = Math.max(
    0,
    title.audio.findIndex(({ audio }) => audio.track.isDefault),
  );
  const names = nameAudio(title.audio.map(({ audio }) => audio.track));
  return title.audio.map((rendition, position) => {
    const attributes = formatAttributeList({
      TYPE: literal("AUDIO"),
      "GROUP-ID": quoted(AUDIO_GROUP),
      NAME: quoted(names[position]!.name),
      LANGUAGE: names[position]!.language ? quoted(names[position]!.language!) : undefined,
      // 4.4.6.1: at most one member of a group is the default; all may be chosen by language.
      DEFAULT: literal(position === preferred ? "YES" : "NO"),
      AUTOSELECT: literal("YES"),
      CHANNELS: quoted(String(rendition.audio.channels)),
      URI: quoted(uriOf(rendition)),
    });
    return `#EXT-X-MEDIA:${attributes}`;
  });
}

function loudest(audio: readonly SoundRendition[]): { peak: number; average: number } {
  return {
    peak: Math.max(0, ...audio.map((r) => declaredBitrate(r.audio.peakBitrate, r.timeline))),
    average: Math.max(0, ...audio.map((r) => r.audio.averageBitrate)),
  };
}

function firstVariantFirst(video: readonly VideoRendition[]): VideoRendition[] {
  const distance = ({ rung }: VideoRendition) => Math.abs(rung.averageBitrate - FIRST_VARIANT_BITRATE);
  const first = [...video].sort((a, b) => distance(a) - distance(b))[0]!;
  return [first, ...video.filter((rendition) => rendition !== first)];
}
