import type { OriginalRendition } from "../shared/media/original.ts";
import { targetDuration } from "../shared/media/timeline.ts";
import type { SoundRendition, Title, VideoRendition } from "../shared/media/title.ts";
import {
  type AttributeValue,
  formatAttributeList,
  literal,
  quoted,
} from "../shared/playlist/attribute-list.ts";
import { type AudioGroup, mediaTags } from "../shared/playlist/audio-groups.ts";
import { formatVodPlaylist } from "../shared/playlist/media-playlist.ts";
import { firstVariantFirst, rungVariant } from "../shared/playlist/multivariant-playlist.ts";
import { originalVariant } from "../shared/playlist/original-variant.ts";
import { INIT_SEGMENT_NUMBER } from "./init-segment-number.ts";
import { qualityOf, trackIndex } from "./qualities.ts";

/** What a master playlist lists. */
export interface Offer {
  readonly title: Title;
  readonly video: readonly VideoRendition[];
  readonly groups: readonly AudioGroup[];
  /** The picture as it is, in place of the rungs. */
  readonly original: OriginalRendition | undefined;
}

/**
 * The multivariant playlist for a program's own routes. URIs are relative to it: `video/<index>/<quality>/playlist.m3u8`
 * and `audio/<index>/<quality>/playlist.m3u8`.
 */
export function formatMaster({ title, video, groups, original }: Offer): string {
  const sounds = groups.length > 0 ? groups : [undefined];
  const hasPicture = video.length > 0;
  const isIndependent = original?.isIndependent ?? true;
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    ...(isIndependent ? ["#EXT-X-INDEPENDENT-SEGMENTS"] : []),
    ...groups.flatMap((group) => (hasPicture || group.members.length > 1 ? mediaTags(group, uriOf) : [])),
    ...(hasPicture
      ? sounds.flatMap((group) => videoVariants(title, video, group, original))
      : groups.flatMap(soundVariant)),
    "",
  ].join("\n");
}

/** What segments are called: `segment-<number>.ts` as the older library has it, or what they are. */
export type SegmentExtension = "ts" | "m4s";

/** A media playlist for a program's own routes: its segments are asked for beside it. */
export function formatIndex(
  title: Title,
  rendition: VideoRendition | SoundRendition | OriginalRendition,
  extension: SegmentExtension,
): string {
  const isOriginal = rendition.kind === "original";
  const target = isOriginal ? targetDuration([rendition.timeline]) : title.targetDuration;
  const segmentUri = (number: number) => `segment-${number}.${extension}`;
  const headers = [
    ...(isOriginal && !rendition.isIndependent ? [] : ["#EXT-X-INDEPENDENT-SEGMENTS"]),
    `#EXT-X-MAP:${formatAttributeList({ URI: quoted(segmentUri(INIT_SEGMENT_NUMBER)) })}`,
  ];
  return formatVodPlaylist(rendition.timeline, target, headers, segmentUri);
}

function uriOf(rendition: VideoRendition | SoundRendition | OriginalRendition): string {
  const stream = rendition.kind === "audio" ? `audio/${trackIndex(rendition)}` : "video/0";
  return `${stream}/${qualityOf(rendition)}/playlist.m3u8`;
}

function videoVariants(
  { source }: Title,
  video: readonly VideoRendition[],
  group: AudioGroup | undefined,
  original: OriginalRendition | undefined,
): string[] {
  const common = { AUDIO: group && quoted(group.id), "CLOSED-CAPTIONS": literal("NONE") };
  const variant = (attributes: Readonly<Record<string, AttributeValue>>, uri: string) => [
    `#EXT-X-STREAM-INF:${formatAttributeList({ ...attributes, ...common })}`,
    uri,
  ];
  return original
    ? variant(originalVariant(original, source.video!, group), uriOf(original))
    : firstVariantFirst(video).flatMap((rendition) =>
        variant(rungVariant(rendition, group), uriOf(rendition)),
      );
}

function soundVariant(group: AudioGroup): string[] {
  const attributes = formatAttributeList({
    BANDWIDTH: group.peakBitrate,
    "AVERAGE-BANDWIDTH": group.averageBitrate,
    CODECS: quoted(group.codecs.join(",")),
    AUDIO: group.members.length > 1 ? quoted(group.id) : undefined,
  });
  return [`#EXT-X-STREAM-INF:${attributes}`, uriOf(group.members[0]!)];
}
