import { clip, type FormatSource, film } from "../format-source.ts";
import {
  aac,
  ac3,
  bottomFieldFirst,
  copiedPicture,
  copiedSound,
  eac3,
  flac,
  h264,
  mp3,
  opus,
  pcm16,
  small,
  sound,
  topFieldFirst,
} from "./encodings.ts";

/** What most films are: H.264 in all its profiles and containers. */
export const h264Sources: readonly FormatSource[] = [
  clip("real-edit-list.mp4", 3.5, copiedPicture, copiedSound, {
    special: "cut without encoding: an edit list skips what lies before",
    // Packets are copied up to the end by decode time: two frames more.
    truth: { rate: { num: 24, den: 1 }, frames: 122 },
  }),
  clip("real-small.mkv", 12, h264("High", ...small), ac3),
  film("h264.mp4", h264("High"), aac, { muxer: ["-movflags", "+faststart"] }),
  film("h264-fragmented.mp4", h264("High"), aac, {
    special: "fragmented, without an index",
    muxer: ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"],
  }),
  film("h264-no-b.flv", h264("Baseline, no B-frames", "-profile:v", "baseline", "-bf", "0"), mp3, {
    soundOf: { rate: 44100 },
  }),
  film("h264.flv", h264("High"), aac, { soundOf: { rate: 44100 } }),
  film("h264-b.avi", h264("High, B-frames"), mp3, { special: "AVI has no presentation times" }),
  film("h264-10bit.mkv", h264("High 10"), flac, { pixelFormat: "yuv420p10le" }),
  film("h264-422.mov", h264("High 4:2:2, 10 bit"), sound("PCM 24 bit", "pcm_s24le"), {
    pixelFormat: "yuv422p10le",
  }),
  film("h264-444.mkv", h264("High 4:4:4"), opus, { pixelFormat: "yuv444p" }),
  film("h264-rgb.mkv", ["H.264 RGB", ["-c:v", "libx264rgb", "-preset", "ultrafast", "-crf", "10"]], pcm16, {
    pixelFormat: "rgb24",
  }),
  film("h264-lossless.mkv", h264("lossless", "-qp", "0"), sound("MP3 mono", "libmp3lame", "-ac", "1")),
  film("h264-grey.mp4", h264("High, greyscale"), sound("MP3", "libmp3lame"), {
    pixelFormat: "gray",
    exceptions: {
      "sound to the end": "its length in the container is without the padding that decoders give",
    },
  }),
  film("h264-full-range.mp4", h264("High, full range"), aac, { pixelFormat: "yuvj420p" }),
  film("h264-open-gop.ts", h264("open GOPs", "-x264-params", "open-gop=1:bframes=3:scenecut=0"), ac3),
  film("h264-intra-refresh.ts", h264("intra refresh", "-x264-params", "intra-refresh=1"), eac3, {
    special: "one keyframe; pictures are renewed column by column",
  }),
  film("h264-one-gop.mp4", h264("High", "-g", "9999", "-sc_threshold", "0"), aac, {
    special: "one keyframe in 12 s",
    seconds: 12,
  }),
  film("h264-interlaced.mov", h264("interlaced, top field first", ...topFieldFirst), pcm16, {
    interlaced: true,
    size: [360, 288],
  }),
  film("h264-interlaced.ts", h264("interlaced, bottom field first", ...bottomFieldFirst), ac3, {
    interlaced: true,
    size: [360, 288],
  }),
  film("h264-live.mkv", h264("High"), aac, {
    special: "as recorded live: no index, no duration",
    muxer: ["-live", "1"],
  }),
  film("h264-slices.mp4", h264("High, 8 slices a picture", "-slices", "8"), eac3),
];
