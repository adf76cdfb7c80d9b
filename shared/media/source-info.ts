import type { Rational } from "../rational.ts";

/** What a probe found out about a source file. Everything a plan is made of; plain JSON. */
export interface SourceInfo {
  /** Path in the media folder, `/`-separated, without a leading slash; or on another host (`remote-path.ts`). */
  readonly path: string;
  /** Hash of path, size, and modification time or a host's version: another fingerprint is another title. */
  readonly fingerprint: string;
  /** FFmpeg's demuxer name, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
  /** Start of the container's clock, seconds; FFmpeg's `-ss` counts from here. */
  readonly formatStart: Rational;
  readonly video?: VideoTrack;
  readonly audio: readonly AudioTrack[];
  /** Tracks of the file itself; what lies beside it is none of them. */
  readonly subtitles: readonly SubtitleTrack[];
  /** In the order of their starts. */
  readonly chapters: readonly Chapter[];
  /** A picture that came with the file to stand for it. */
  readonly cover?: CoverPicture;
  /** What lies beside the file; absent where nothing does. No byte of the file's own renditions depends on it. */
  readonly beside?: Surroundings;
}

/** Files that belong to a source and may come and go without it. */
export interface Surroundings {
  /** Hash of the source's fingerprint and of all that lies beside it: another one is another list of renditions. */
  readonly revision: string;
  readonly subtitles: readonly SubtitleFile[];
}

/** A subtitle file beside the film. */
export interface SubtitleFile {
  /** Hash of its name, size and modification time, 8 hexadecimal digits: an edited file is another one. */
  readonly id: string;
  readonly format: "subrip" | "webvtt" | "ass";
  /** BCP 47 tag, as the file's name has it. */
  readonly language?: string;
  readonly title?: string;
  readonly isDefault: boolean;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
}

export interface VideoTrack {
  /** Index among all streams of the file. */
  readonly streamIndex: number;
  readonly codec: string;
  /** FFmpeg's name, such as `yuv420p10le`. */
  readonly pixelFormat: string;
  readonly colour: Colour;
  /** Size of the stored picture in its samples, before rotation and aspect ratio. */
  readonly width: number;
  readonly height: number;
  readonly sampleAspectRatio: Rational;
  /** Clockwise quarter turns to show it upright, degrees. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Rate at which every time stamp falls on the grid (`r_frame_rate`). */
  readonly baseRate: Rational;
  readonly averageRate: Rational;
  readonly interlaced: boolean;
  /** How many frames may be shown between a frame's decoding and its own turn, as its codec says. */
  readonly reorderFrames: number;
  /** Time of the first frame that decodes, seconds on the container's clock. */
  readonly start: Rational;
  /** End of the last frame, seconds on the container's clock: measured, not what the header says. */
  readonly end: Rational;
  /**
   * How far before a frame the demuxer must seek to be sure of a keyframe, seconds. Zero where the
   * container has an index of keyframes; about one GOP where it has none (MPEG-TS, MPEG-PS).
   */
  readonly seekBack: Rational;
  /** How it can stand beside the rungs as it is in the file; absent where it can't, or the file did not tell in time. */
  readonly copy?: PictureCopy;
}

/** The picture as a variant that is copied: the rungs are cut where it can be cut, and may be cut in between. */
export interface PictureCopy {
  /** Wished length of the segments that the cuts were chosen for: with another one there is no such variant. */
  readonly segmentSeconds: number;
  /** Where its segments begin, frames of the output rate (`copied-cuts.ts`). */
  readonly cuts: string;
  /** As in CODECS (RFC 6381). */
  readonly codec: string;
  /** Bit/s, as in BANDWIDTH and AVERAGE-BANDWIDTH. */
  readonly peakBitrate: number;
  readonly averageBitrate: number;
}

/** How samples stand for colours (ITU-T H.273), in FFmpeg's names; absent where the file does not say. */
export interface Colour {
  /** Full range: black is 0. */
  readonly isFullRange: boolean;
  /** Such as `bt709`, `smpte170m`, `bt2020`. */
  readonly primaries?: string;
  /** Such as `bt709`, `smpte2084` (HDR10), `arib-std-b67` (HLG). */
  readonly transfer?: string;
  /** Such as `bt709`, `smpte170m`, `bt2020nc`. */
  readonly matrix?: string;
  /** Dolby Vision profile, where the stream has its metadata. */
  readonly dolbyVisionProfile?: number;
}

export interface AudioTrack {
  readonly streamIndex: number;
  readonly codec: string;
  /** FFmpeg's name, such as `LC`, `HE-AAC`, `DTS-HD MA`. */
  readonly profile?: string;
  /** Bit/s as the file declares it. */
  readonly bitrate?: number;
  /** FFmpeg's name, such as `5.1(side)`. */
  readonly channelLayout?: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** ISO 639 code as the file has it; absent for `und`. */
  readonly language?: string;
  readonly title?: string;
  readonly isDefault: boolean;
  readonly isCommentary: boolean;
  /** The picture is described for those who don't see it. */
  readonly isDescriptive: boolean;
  /** Time of the first sample, seconds on the container's clock. */
  readonly start: Rational;
  /** End of the last sample; absent when it ends well before the picture does. */
  readonly end?: Rational;
  /** Where packets begin, where all have the same number of samples (AAC 1024, AC-3 1536). */
  readonly packetGrid?: PacketGrid;
  /** One tick of the container's time stamps, seconds: how coarse they are. */
  readonly tick: Rational;
}

export interface SubtitleTrack {
  readonly streamIndex: number;
  readonly codec: string;
  /** Whether its cues are text, or pictures of it; `other` is what FFmpeg has no text of (TTML, teletext). */
  readonly form: "text" | "image" | "other";
  /** ISO 639 code as the file has it; absent for `und`. */
  readonly language?: string;
  readonly title?: string;
  readonly isDefault: boolean;
  /** What everybody needs to read, whatever they hear: signs, other languages. */
  readonly isForced: boolean;
  /** Sounds are described for those who don't hear them. */
  readonly isHearingImpaired: boolean;
}

export interface Chapter {
  /** Seconds on the container's clock. */
  readonly start: Rational;
  readonly end: Rational;
  readonly title?: string;
}

export interface CoverPicture {
  readonly streamIndex: number;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

/** Every packet begins at `phase` plus a whole multiple of `samples`, at the track's own rate. */
export interface PacketGrid {
  readonly samples: number;
  /** Seconds on the container's clock. */
  readonly phase: Rational;
}

/**
 * The zero of a title's clock, seconds on the container's clock: its first video frame, or its first
 * sample of sound where there is no picture.
 */
export function clockZero(source: SourceInfo): Rational {
  const first = source.video ?? source.audio[0];
  if (!first) throw new RangeError(`${source.path} has neither picture nor sound`);
  return first.start;
}

/** Names what is known of a source, and of what lies beside it: the fingerprint alone where nothing does. */
export function sourceRevision({ fingerprint, beside }: SourceInfo): string {
  return beside?.revision ?? fingerprint;
}
