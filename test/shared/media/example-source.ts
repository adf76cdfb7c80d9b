import type { AudioTrack, SourceInfo, VideoTrack } from "../../../shared/media/source-info.ts";
import { rational, ZERO } from "../../../shared/rational.ts";

export function exampleVideo(changes: Partial<VideoTrack> = {}): VideoTrack {
  return {
    streamIndex: 0,
    codec: "h264",
    pixelFormat: "yuv420p",
    colour: { isFullRange: false },
    width: 1920,
    height: 1080,
    sampleAspectRatio: rational(1),
    rotation: 0,
    baseRate: rational(25),
    averageRate: rational(25),
    interlaced: false,
    reorderFrames: 2,
    start: ZERO,
    end: rational(10),
    seekBack: ZERO,
    ...changes,
  };
}

export function exampleAudio(changes: Partial<AudioTrack> = {}): AudioTrack {
  return {
    streamIndex: 1,
    codec: "aac",
    sampleRate: 48000,
    channels: 2,
    isDefault: true,
    isCommentary: false,
    isDescriptive: false,
    start: ZERO,
    end: rational(10),
    tick: rational(1, 48000),
    ...changes,
  };
}

/** A film of 10 s: 1080p at 25 frames/s with one stereo track at 48 kHz. */
export function exampleSource(changes: Partial<SourceInfo> = {}): SourceInfo {
  return {
    path: "films/example.mp4",
    fingerprint: "0123456789abcdef0123456789abcdef",
    format: "mov,mp4,m4a,3gp,3g2,mj2",
    formatStart: ZERO,
    video: exampleVideo(),
    audio: [exampleAudio()],
    subtitles: [],
    chapters: [],
    ...changes,
  };
}

/** Sound alone, as of a piece of music. */
export function soundOnlySource(audio: readonly AudioTrack[]): SourceInfo {
  const { video: _, ...source } = exampleSource({ audio });
  return source;
}
