import type { Encoding } from "../format-source.ts";

/** H.264 by x264, two B-frames and a keyframe every second unless `more` says otherwise. */
export function h264(label: string, ...more: string[]): Encoding {
  const plain = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-bf", "2", "-g", "25"];
  return [`H.264${label && ` ${label}`}`, [...plain, ...more]];
}

export function hevc(label: string, ...more: string[]): Encoding {
  const plain = ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "20", "-x265-params", "log-level=error"];
  return [`HEVC${label && ` ${label}`}`, [...plain, ...more]];
}

/** One of FFmpeg's own encoders, at a quality that leaves the numbers readable. */
export function plain(label: string, codec: string, ...more: string[]): Encoding {
  return [label, ["-c:v", codec, "-q:v", "3", ...more]];
}

export function lossless(label: string, codec: string, ...more: string[]): Encoding {
  return [label, ["-c:v", codec, ...more]];
}

export function sound(label: string, codec: string, ...more: string[]): Encoding {
  return [label, ["-c:a", codec, ...more]];
}

export const aac = sound("AAC", "aac", "-aac_coder", "fast", "-b:a", "192k");
export const mp3 = sound("MP3", "libmp3lame", "-b:a", "192k");
export const mp2 = sound("MP2", "mp2", "-b:a", "256k");
export const ac3 = sound("AC-3", "ac3", "-b:a", "256k");
export const eac3 = sound("E-AC-3", "eac3", "-b:a", "256k");
export const opus = sound("Opus", "libopus", "-b:a", "128k");
export const vorbis = sound("Vorbis", "libvorbis", "-q:a", "6");
export const flac = sound("FLAC", "flac");
export const alac = sound("ALAC", "alac");
export const pcm16 = sound("PCM 16 bit", "pcm_s16le");
export const dts = sound("DTS", "dca", "-strict", "-2", "-b:a", "768k");
export const trueHd = sound("TrueHD", "truehd", "-strict", "-2");
export const wma = sound("WMA 2", "wmav2", "-b:a", "192k");
/** Of every source with WMA. */
export const wmaTail = {
  exceptions: {
    "sound to the end": "FFmpeg gives WMA one packet (43 ms) later than it is stamped; the last is lost",
  },
};
export const copiedPicture: Encoding = ["H.264 High, copied", ["-c:v", "copy"]];
export const copiedSound: Encoding = ["AAC 5.1, copied", ["-c:a", "copy"]];

/** Said at the output, since lavfi inputs lose it on the way. */
export const topFieldFirst = ["-vf", "setfield=tff", "-flags", "+ilme+ildct", "-field_order", "tt"];
export const bottomFieldFirst = ["-vf", "setfield=bff", "-flags", "+ilme+ildct", "-field_order", "bb"];
export const small = ["-vf", "scale=320:180"];
