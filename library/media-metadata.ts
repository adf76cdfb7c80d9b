// Nothing here is read-only: these values become the program's own, and its types say so of its database.

/** What is known of a file, in the form that database connectors keep. */
export interface MediaMetadata {
  /** Of the file as it is now: one that changed has another. */
  id: string;
  /** Absolute. */
  path: string;
  /** Without the dot. */
  extension: string;
  /** Such as `video/mp4; codecs="avc1.640028, mp4a.40.2"`, of the first rung as it is served. */
  mimeCodec: string | null;
  /** Seconds. */
  duration: number;
  /** FFmpeg's demuxer name. */
  container: string | null;
  videos: VideoInfo[];
  audios: AudioInfo[];
  subtitles: SubtitleInfo[];
  /** Always empty: fonts are not used. */
  fonts: string[];
  /** Seconds; those where the original picture is cut, and empty while that is not known. */
  keyframes: number[];
  chapters: ChapterInfo[];
  extractionTimestamp: Date;
}

export interface VideoInfo {
  index: number;
  /** FFmpeg's name. */
  codec: string;
  /** As in CODECS; null where it is not known. */
  mimeCodec: string | null;
  title: string | null;
  language: string | null;
  /** As shown: upright, with square pixels. */
  width: number;
  height: number;
  /** Bit/s; 0 while it is not known. */
  bitrate: number;
  isDefault: boolean;
}

export interface AudioInfo {
  /** Among the file's audio tracks: the `streamIndex` of audio. */
  index: number;
  codec: string;
  mimeCodec: string | null;
  title: string | null;
  language: string | null;
  /** Bit/s as the file says; 0 where it does not. */
  bitrate: number;
  isDefault: boolean;
  isForced: boolean;
  channels: number;
}

export interface SubtitleInfo {
  /** The `streamIndex` of subtitles: the file's own tracks, then the files beside it. */
  index: number | null;
  codec: string;
  /** Of text: `srt`, `ass` or `vtt`. */
  extension: string | null;
  title: string | null;
  language: string | null;
  isDefault: boolean;
  isForced: boolean;
  isHearingImpaired: boolean;
  /** A file beside the film. */
  isExternal: boolean;
  path?: string;
  link?: string;
}

export interface ChapterInfo {
  /** Seconds. */
  startTime: number;
  endTime: number;
  name: string;
  type: "content" | "recap" | "intro" | "credits" | "preview";
}

/** Where metadata is kept besides, such as a database of films. */
export interface DatabaseConnector {
  getMetadata(fileId: string): Promise<MediaMetadata>;
  /** @returns what was saved. */
  saveMetadata(fileId: string, metadata: MediaMetadata): Promise<MediaMetadata>;
  /** @returns the id under which it is, or is to be, kept. */
  metadataExists(fileId: string): Promise<{ exists: boolean; fileId: string }>;
}
