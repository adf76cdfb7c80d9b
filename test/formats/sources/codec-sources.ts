import { clip, type FormatSource, film } from "../format-source.ts";
import {
  aac,
  ac3,
  dts,
  eac3,
  flac,
  hevc,
  lossless,
  mp2,
  mp3,
  opus,
  pcm16,
  plain,
  small,
  sound,
  topFieldFirst,
  trueHd,
  vorbis,
  wma,
  wmaTail,
} from "./encodings.ts";

const hdr10 = [
  ...["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"],
  ...["-x265-params", "log-level=error:hdr10=1:max-cll=1000,400:colorprim=bt2020:transfer=smpte2084"],
];
const hlg = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"];
const vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-g", "50"];
const vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-g", "50"];
const av1 = ["-c:v", "libsvtav1", "-preset", "12", "-crf", "30", "-g", "50"];
const hd: readonly [number, number] = [1280, 720];
const cif: readonly [number, number] = [352, 288];
const tv: readonly [number, number] = [720, 576];

/** Every other kind of picture, each with a kind of sound that it is found with. */
export const codecSources: readonly FormatSource[] = [
  film("hevc.mp4", hevc("Main"), eac3, { muxer: ["-tag:v", "hvc1"] }),
  film("hevc.ts", hevc("Main"), aac),
  film("hevc-10bit-hdr10.mkv", hevc("Main 10, HDR10", ...hdr10), trueHd, { pixelFormat: "yuv420p10le" }),
  film("hevc-10bit-hlg.mp4", hevc("Main 10, HLG", ...hlg), ac3, { pixelFormat: "yuv420p10le" }),
  film("hevc-422-12bit.mkv", hevc("4:2:2, 12 bit"), dts, { pixelFormat: "yuv422p12le" }),
  clip("real-av1.mp4", 16, ["AV1", [...av1, ...small]], opus),
  film("av1-10bit.mkv", ["AV1, 10 bit", av1], opus, { pixelFormat: "yuv420p10le" }),
  film("av1.webm", ["AV1", av1], opus),
  film("vp8.webm", ["VP8", vp8], vorbis),
  film("vp9.webm", ["VP9", vp9], opus),
  film("vp9-10bit-444.webm", ["VP9 4:4:4, 10 bit", vp9], opus, { pixelFormat: "yuv444p10le" }),
  film("vp9.mp4", ["VP9", vp9], flac, { muxer: ["-strict", "-2"] }),
  film("vp8-alpha.webm", ["VP8 with transparency", [...vp8, "-auto-alt-ref", "0"]], vorbis, {
    pixelFormat: "yuva420p",
  }),
  film("mpeg2.ts", plain("MPEG-2", "mpeg2video", "-bf", "2", "-g", "15"), mp2),
  film("mpeg2.mpg", plain("MPEG-2", "mpeg2video", "-bf", "2", "-g", "15"), ac3, { muxer: ["-f", "vob"] }),
  film("mpeg2-422.mxf", plain("MPEG-2 4:2:2, interlaced", "mpeg2video", ...topFieldFirst), pcm16, {
    pixelFormat: "yuv422p",
    interlaced: true,
    size: tv,
  }),
  film("mpeg2.vob", plain("MPEG-2", "mpeg2video", "-bf", "2"), mp2, { size: tv }),
  film("mpeg1.mpg", plain("MPEG-1", "mpeg1video", "-bf", "2"), mp2, { size: cif }),
  film("mpeg4.mp4", plain("MPEG-4 Visual", "mpeg4", "-bf", "2"), aac),
  film("xvid.avi", ["MPEG-4 by Xvid", ["-c:v", "libxvid", "-q:v", "3"]], mp3),
  film("divx5.avi", plain("MPEG-4, B-frames", "mpeg4", "-vtag", "DX50", "-bf", "2"), mp3, {
    special: "AVI has no presentation times",
  }),
  film("divx3.avi", plain("MS-MPEG-4 v3", "msmpeg4"), mp3),
  film("msmpeg4v2.avi", plain("MS-MPEG-4 v2", "msmpeg4v2"), sound("ADPCM", "adpcm_ms")),
  film("wmv1.asf", plain("WMV 7", "wmv1"), sound("WMA 1", "wmav1", "-b:a", "192k"), wmaTail),
  film("wmv2.wmv", plain("WMV 8", "wmv2"), wma, wmaTail),
  clip("real-wmv2.wmv", 20, plain("WMV 8", "wmv2", ...small), wma, { ...wmaTail, muxer: ["-ac", "2"] }),
  film("h263.3gp", plain("H.263", "h263"), aac, { size: cif }),
  film("sorenson.flv", plain("Sorenson H.263", "flv"), mp3, { soundOf: { rate: 44100 } }),
  film("screen.flv", lossless("Flash Screen Video", "flashsv"), sound("ADPCM", "adpcm_swf"), {
    soundOf: { rate: 44100 },
    pixelFormat: "bgr24",
  }),
  film("theora.ogv", ["Theora", ["-c:v", "libtheora", "-q:v", "8"]], vorbis),
  film("prores.mov", lossless("ProRes 422", "prores_ks"), sound("PCM 24 bit", "pcm_s24le"), {
    pixelFormat: "yuv422p10le",
  }),
  film("prores-4444.mov", lossless("ProRes 4444 with transparency", "prores_ks", "-profile:v", "4"), pcm16, {
    pixelFormat: "yuva444p10le",
  }),
  film("dnxhr.mov", lossless("DNxHR", "dnxhd", "-profile:v", "dnxhr_sq"), pcm16, { pixelFormat: "yuv422p" }),
  film("dnxhd.mxf", lossless("DNxHD", "dnxhd", "-b:v", "90M"), pcm16, {
    pixelFormat: "yuv422p",
    size: hd,
    rate: { num: 50, den: 1 },
    seconds: 3,
  }),
  film("cineform.mov", lossless("CineForm", "cfhd"), pcm16, { pixelFormat: "yuv422p10le" }),
  film("jpeg2000.mxf", lossless("JPEG 2000", "jpeg2000", "-pred", "1"), pcm16, { seconds: 3 }),
  film("mjpeg.avi", plain("Motion JPEG", "mjpeg"), pcm16, { pixelFormat: "yuvj422p" }),
  film("mjpeg.mov", plain("Motion JPEG", "mjpeg"), sound("ADPCM", "adpcm_ima_qt"), {
    pixelFormat: "yuvj420p",
  }),
  film("dv.avi", lossless("DV", "dvvideo"), pcm16, { size: tv, seconds: 4 }),
  film("dv.dv", lossless("DV, raw", "dvvideo"), pcm16, { size: tv, seconds: 4 }),
  film("raw.avi", lossless("uncompressed", "rawvideo"), pcm16, { seconds: 4 }),
  film("raw-422.mov", lossless("uncompressed 4:2:2", "rawvideo"), pcm16, {
    pixelFormat: "uyvy422",
    seconds: 4,
  }),
  film("huffyuv.avi", lossless("HuffYUV", "huffyuv"), pcm16, { pixelFormat: "yuv422p" }),
  film("utvideo.avi", lossless("Ut Video", "utvideo"), pcm16),
  film("ffv1.mkv", lossless("FFV1", "ffv1"), flac),
  film("ffv1.nut", lossless("FFV1", "ffv1"), flac, {
    pixelFormat: "yuv444p",
    exceptions: {
      "sound to the end": "NUT does not say how long a packet is: up to one of silence follows",
    },
  }),
  film("snow.avi", ["Snow", ["-c:v", "snow", "-q:v", "2", "-strict", "-2"]], mp2),
  film("cinepak.mov", lossless("Cinepak", "cinepak"), pcm16, {
    pixelFormat: "rgb24",
    size: [160, 96],
    seconds: 3,
  }),
  film("svq1.mov", plain("Sorenson 1", "svq1"), pcm16, { pixelFormat: "yuv410p" }),
  film("animation.mov", lossless("QuickTime Animation", "qtrle"), pcm16, { pixelFormat: "argb" }),
  film("png.mov", lossless("PNG", "png"), pcm16, { pixelFormat: "rgb24" }),
  film("realvideo.rm", plain("RealVideo 2", "rv20"), ac3, { size: cif }),
  film("tv-recording.wtv", plain("MPEG-2", "mpeg2video"), mp2),
  film("dirac.mkv", ["VC-2 (Dirac)", ["-c:v", "vc2", "-b:v", "40M", "-strict", "-1"]], opus, {
    pixelFormat: "yuv422p",
    special: "FFmpeg can't seek in it",
    refusal: "source-damaged",
  }),
];
