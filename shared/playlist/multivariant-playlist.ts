import { avcCodec } from "../media/avc-level.ts";
import { declaredBitrate } from "../media/rate-budget.ts";
import { MEDIA_PLAYLIST } from "../media/segment-name.ts";
import type { SoundRendition, Title, VideoRendition } from "../media/title.ts";
import { toDecimal } from "../rational.ts";
import { formatAttributeList, literal, quoted } from "./attribute-list.ts";
import { type AudioGroup, audioGroups, mediaTags } from "./audio-groups.ts";

/** Apple's authoring rules, 9.20: what a player opens first is made for about 2 Mbit/s. */
const FIRST_VARIANT_BITRATE = 2_000_000;

/**
 * The multivariant playlist of a title (RFC 8216bis 4.4.6). URIs are relative to it and begin with the
 * title key, so that a replaced source has other URLs.
 * @param query what each URI ends in.
 */
export function formatMultivariantPlaylist(title: Title, query = ""): string {
  const uriOf: UriOf = ({ id }) => `${title.key}/${id}/${MEDIA_PLAYLIST}${query}`;
  const groups = audioGroups(title.audio);
  const hasPicture = title.video.length > 0;
  const variants = hasPicture ? videoVariants(title, groups, uriOf) : soundVariants(groups, uriOf);
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...groups.flatMap((group) => (hasPicture || group.members.length > 1 ? mediaTags(group, uriOf) : [])),
    ...variants.flat(),
    "",
  ].join("\n");
}

type UriOf = (rendition: VideoRendition | SoundRendition) => string;

/** Every rung with every group of sound, as Apple's authoring rules have it; what all players can play comes first. */
function videoVariants(title: Title, groups: readonly AudioGroup[], uriOf: UriOf): string[][] {
  const sounds = groups.length > 0 ? groups : [undefined];
  return sounds.flatMap((group) =>
    firstVariantFirst(title.video).map((rendition) => {
      const { rung, timeline } = rendition;
      const attributes = formatAttributeList({
        BANDWIDTH: declaredBitrate(rung.peakBitrate, timeline) + (group?.peakBitrate ?? 0),
        "AVERAGE-BANDWIDTH": rung.averageBitrate + (group?.averageBitrate ?? 0),
        CODECS: quoted([avcCodec(rung.level), ...(group?.codecs ?? [])].join(",")),
        RESOLUTION: literal(`${rung.width}x${rung.height}`),
        "FRAME-RATE": literal(toDecimal(rung.rate, 3)),
        AUDIO: group && quoted(group.id),
        "CLOSED-CAPTIONS": literal("NONE"),
      });
      return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(rendition)];
    }),
  );
}

/** A title without a picture is one variant a group: its first track. */
function soundVariants(groups: readonly AudioGroup[], uriOf: UriOf): string[][] {
  return groups.map((group) => {
    const attributes = formatAttributeList({
      BANDWIDTH: group.peakBitrate,
      "AVERAGE-BANDWIDTH": group.averageBitrate,
      CODECS: quoted(group.codecs.join(",")),
      AUDIO: group.members.length > 1 ? quoted(group.id) : undefined,
    });
    return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(group.members[0]!)];
  });
}

function firstVariantFirst(video: readonly VideoRendition[]): VideoRendition[] {
  const distance = ({ rung }: VideoRendition) => Math.abs(rung.averageBitrate - FIRST_VARIANT_BITRATE);
  const first = [...video].sort((a, b) => distance(a) - distance(b))[0]!;
  return [first, ...video.filter((rendition) => rendition !== first)];
}
