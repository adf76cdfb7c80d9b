import { displaySize } from "../media/ladder.ts";
import { originalRate } from "../media/original.ts";
import type { PictureCopy, VideoTrack } from "../media/source-info.ts";
import { toDecimal } from "../rational.ts";
import { type AttributeValue, literal, quoted } from "./attribute-list.ts";
import type { AudioGroup } from "./audio-groups.ts";

/** VIDEO-RANGE (RFC 8216bis 4.4.6.2) by FFmpeg's names of transfer characteristics. */
const VIDEO_RANGES: Readonly<Record<string, string>> = { smpte2084: "PQ", "arib-std-b67": "HLG" };

/** What a multivariant playlist says of the original picture alone, with the sound that goes with it. */
export function originalVariant(
  { codec, peakBitrate, averageBitrate }: Pick<PictureCopy, "codec" | "peakBitrate" | "averageBitrate">,
  video: VideoTrack,
  sound: AudioGroup | undefined,
): Readonly<Record<string, AttributeValue>> {
  const { width, height } = displaySize(video);
  return {
    BANDWIDTH: peakBitrate + (sound?.peakBitrate ?? 0),
    "AVERAGE-BANDWIDTH": averageBitrate + (sound?.averageBitrate ?? 0),
    CODECS: quoted([codec, ...(sound?.codecs ?? [])].join(",")),
    RESOLUTION: literal(`${width}x${height}`),
    "FRAME-RATE": literal(toDecimal(originalRate(video), 3)),
    "VIDEO-RANGE": literal(VIDEO_RANGES[video.colour.transfer ?? ""] ?? "SDR"),
  };
}
