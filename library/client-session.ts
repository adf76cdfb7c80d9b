import type { AudioQualityEnum, TranscodeType, VideoQualityEnum } from "./enums.ts";

/** What a client plays, as far as what it asks for tells. */
export interface ClientSession {
  filePath: string;
  clientId: string;
  audioIndex: number;
  videoIndex: number;
  status: TranscodeType;
  audioProfile: AudioQuality;
  videoProfile: VideoQuality;
}

/** Bit rates are bit/s. */
export interface VideoQuality {
  value: VideoQualityEnum;
  averageBitrate: number;
  maxBitrate: number;
  /** Pixels. */
  height: number;
}

export interface AudioQuality {
  value: AudioQualityEnum;
  averageBitrate: number;
  maxBitrate: number;
}
