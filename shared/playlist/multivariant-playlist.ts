import { avcCodec } from "../media/avc-level.ts";
import { ORIGINAL_ID, type OriginalRendition, sharedTargetDuration } from "../media/original.ts";
import { declaredBitrate } from "../media/rate-budget.ts";
import { LONG_MEDIA_PLAYLIST, MEDIA_PLAYLIST } from "../media/segment-name.ts";
import type { PictureCopy } from "../media/source-info.ts";
import { beginTogether } from "../media/timeline.ts";
import type { Title, VideoRendition } from "../media/title.ts";
import { toDecimal } from "../rational.ts";
import { type AttributeValue, formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { type AudioGroup, audioGroups, mediaTags } from "./audio-groups.ts";
import { chapterSessionData } from "./chapters.ts";
import { originalVariant } from "./original-variant.ts";
import { pictureVariants } from "./picture-variants.ts";
import { subtitleGroup, subtitleGroupOf } from "./subtitle-group.ts";

/** Apple's authoring rules, 9.20: what a player opens first is made for about 2 Mbit/s. */
const FIRST_VARIANT_BITRATE = 2_000_000;

type Attributes = Readonly<Record<string, AttributeValue>>;
/**
 * Which pictures are variants: all that any player may change between wherever a segment ends, every one there is,
 * or the one in the file alone.
 */
export type OfferedPictures = "beginning-together" | "all" | OriginalRendition;

type UriOf = (rendition: { readonly id: string }) => string;

/**
 * The multivariant playlist of a title (RFC 8216bis 4.4.6). URIs are relative to it and begin with the
 * title key, so that a replaced source has other URLs.
 * @param query what each URI ends in.
 */
export function formatMultivariantPlaylist(
  title: Title,
  query = "",
  offered: OfferedPictures = "beginning-together",
): string {
  const original = typeof offered === "string" ? undefined : offered;
  const uriOf: UriOf = ({ id }) => `${title.key}/${id}/${MEDIA_PLAYLIST}${query}`;
  const soundPlaylist =
    original && sharedTargetDuration(title, original) > title.targetDuration
      ? LONG_MEDIA_PLAYLIST
      : MEDIA_PLAYLIST;
  const soundUriOf: UriOf = ({ id }) => `${title.key}/${id}/${soundPlaylist}${query}`;
  const groups = audioGroups(title.audio);
  const hasPicture = title.video.length > 0;
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    ...(original?.isIndependent === false ? [] : ["#EXT-X-INDEPENDENT-SEGMENTS"]),
    ...chapterSessionData(title, query),
    ...groups.flatMap((group) =>
      hasPicture || group.members.length > 1 ? mediaTags(group, soundUriOf) : [],
    ),
    ...subtitleGroup(title, query),
    ...(hasPicture ? videoVariants(title, groups, offered, uriOf) : soundVariants(title, groups, uriOf)),
    ...pictureVariants(title, query),
    "",
  ].join("\n");
}

/**
 * Every picture with every group of sound, as Apple's authoring rules have it; what all players can play comes first,
 * and the picture as it is in the file last.
 */
function videoVariants(
  title: Title,
  groups: readonly AudioGroup[],
  offered: OfferedPictures,
  uriOf: UriOf,
): string[] {
  const sounds = groups.length > 0 ? groups : [undefined];
  const variant = (attributes: Attributes, group: AudioGroup | undefined, uri: string) => {
    const common = {
      AUDIO: group && quoted(group.id),
      SUBTITLES: subtitleGroupOf(title),
      "CLOSED-CAPTIONS": literal("NONE"),
    };
    return [`#EXT-X-STREAM-INF:${formatAttributeList({ ...attributes, ...common })}`, uri];
  };
  const rungs = typeof offered === "string" ? firstVariantFirst(title.video) : [];
  const copy = typeof offered === "string" ? offeredCopy(title, offered) : offered;
  return [
    ...sounds.flatMap((group) =>
      rungs.flatMap((rendition) => variant(rungVariant(rendition, group), group, uriOf(rendition))),
    ),
    ...sounds.flatMap((group) =>
      copy
        ? variant(originalVariant(copy, title.source.video!, group), group, uriOf({ id: ORIGINAL_ID }))
        : [],
    ),
  ];
}

/**
 * The copied picture among the rungs. Players that change to it in the middle of one of its segments leave out what is
 * left of that (GStreamer), or show nothing until the next one (browsers, which decode from keyframes on).
 */
function offeredCopy({ copy, video }: Title, offered: "beginning-together" | "all"): PictureCopy | undefined {
  return copy && (offered === "all" || beginTogether(copy, video[0]!.timeline)) ? copy : undefined;
}

function rungVariant({ rung, timeline }: VideoRendition, group: AudioGroup | undefined): Attributes {
  return {
    BANDWIDTH: declaredBitrate(rung.peakBitrate, timeline) + (group?.peakBitrate ?? 0),
    "AVERAGE-BANDWIDTH": rung.averageBitrate + (group?.averageBitrate ?? 0),
    CODECS: quoted([avcCodec(rung.level), ...(group?.codecs ?? [])].join(",")),
    RESOLUTION: literal(`${rung.width}x${rung.height}`),
    "FRAME-RATE": literal(toDecimal(rung.rate, 3)),
    // 4.4.6.2: whatever the source's range is, these are brought to SDR.
    "VIDEO-RANGE": literal("SDR"),
  };
}

/** A title without a picture is one variant a group: its first track. */
function soundVariants(title: Title, groups: readonly AudioGroup[], uriOf: UriOf): string[] {
  return groups.flatMap((group) => {
    const attributes = formatAttributeList({
      BANDWIDTH: group.peakBitrate,
      "AVERAGE-BANDWIDTH": group.averageBitrate,
      CODECS: quoted(group.codecs.join(",")),
      AUDIO: group.members.length > 1 ? quoted(group.id) : undefined,
      SUBTITLES: subtitleGroupOf(title),
    });
    return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(group.members[0]!)];
  });
}

function firstVariantFirst(video: readonly VideoRendition[]): VideoRendition[] {
  const distance = ({ rung }: VideoRendition) => Math.abs(rung.averageBitrate - FIRST_VARIANT_BITRATE);
  const first = [...video].sort((a, b) => distance(a) - distance(b))[0]!;
  return [first, ...video.filter((rendition) => rendition !== first)];
}
