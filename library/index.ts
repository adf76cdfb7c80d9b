export { ConfigError } from "../shared/config-error.ts";
export type { AudioQuality, ClientSession, VideoQuality } from "./client-session.ts";
export { ControllerError } from "./controller-error.ts";
export type {
  ControllerLog,
  DistributedConfig,
  HLSManagerOptions,
  StreamConfig,
} from "./controller-options.ts";
export { AudioQualityEnum, StreamType, TranscodeType, VideoQualityEnum } from "./enums.ts";
export { type AskOptions, HLSController, type SegmentStream } from "./hls-controller.ts";
export { INIT_SEGMENT_NUMBER } from "./init-segment-number.ts";
export type {
  AudioInfo,
  ChapterInfo,
  DatabaseConnector,
  MediaMetadata,
  SubtitleInfo,
  VideoInfo,
} from "./media-metadata.ts";
export type { RedisClient } from "./redis-client.ts";
export type { StreamMetrics, StreamMetricsEvent, StreamMetricsEventHandler } from "./stream-metrics.ts";
