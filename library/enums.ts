// Constants under the names and with the values that the older library's enums have: objects, since enums don't
// outlive the removal of types. Each is also the union of its values.

/** Which of a film's streams is meant. */
export const StreamType = { VIDEO: "v", AUDIO: "a" } as const;
export type StreamType = (typeof StreamType)[keyof typeof StreamType];

/** Rungs of the ladder by the short side of the picture, and the picture as it is in the file. */
export const VideoQualityEnum = {
  P240: "240p",
  P360: "360p",
  P480: "480p",
  P720: "720p",
  P1080: "1080p",
  P1440: "1440p",
  P4K: "4k",
  P8K: "8k",
  ORIGINAL: "original",
} as const;
export type VideoQualityEnum = (typeof VideoQualityEnum)[keyof typeof VideoQualityEnum];

/** Sound as stereo AAC, and as it is in the file, where players know that from HLS (AC-3, E-AC-3). */
export const AudioQualityEnum = { AAC: "aac", ORIGINAL: "original" } as const;
export type AudioQualityEnum = (typeof AudioQualityEnum)[keyof typeof AudioQualityEnum];

/** How much of what a client gets is encoded: nothing, the picture or the sound, or both. */
export const TranscodeType = {
  DIRECT_PLAY: "DIRECT_PLAY",
  DIRECT_STREAM: "DIRECT_STREAM",
  TRANSCODING: "TRANSCODING",
} as const;
export type TranscodeType = (typeof TranscodeType)[keyof typeof TranscodeType];
