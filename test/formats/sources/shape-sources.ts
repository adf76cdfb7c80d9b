import { holdOnGrid, type PictureTruth } from "../../conformance/sources.ts";
import { isKeptInVfr, keptInVfr } from "../../support/footage-catalogue.ts";
import { type FormatSource, film, upTo } from "../format-source.ts";
import { aac, ac3, h264, lossless, mp3, opus, pcm16, vorbis } from "./encodings.ts";
import { pictureSubtitles } from "./picture-subtitles.ts";

const plain = h264("High");
const data = (bytes: string | Uint8Array) =>
  `data:application/octet-stream;base64,${Buffer.from(bytes).toString("base64")}`;

const srt = data(
  "1\n00:00:00,000 --> 00:00:01,500\nAt once.\n\n2\n00:00:02,000 --> 00:00:04,000\nLater: äöü\n",
);
const srtInput = ["-f", "srt", "-i", srt];
/** Subtitles come as a track of the playlist, which the pipeline here has no place for. */
const unlinkedText = {
  GStreamer:
    "`playbin3` plays it; `uridecodebin3`, as used here, stands still where nobody takes the subtitles",
};
const chapters = data(
  `;FFMETADATA1\n${[0, 2].map((start) => `[CHAPTER]\nTIMEBASE=1/1\nSTART=${start}\nEND=${start + 2}\ntitle=From ${start}`).join("\n")}\n`,
);
const cover = ["-f", "lavfi", "-i", "testsrc2=size=300x300:duration=1"];

const vfrFrames = upTo(150).filter(isKeptInVfr);
const vfr: PictureTruth = {
  rate: { num: 30, den: 1 },
  frames: vfrFrames.at(-1)! + 1,
  numbers: holdOnGrid(vfrFrames, 1, vfrFrames.at(-1)! + 1),
};
const variable = {
  special: "variable frame rate",
  rate: { num: 30, den: 1 },
  filters: `select='${keptInVfr}'`,
  truth: vfr,
} as const;
/** Too small for numbers. */
const unnumbered = { rate: { num: 25, den: 1 }, frames: 125 };

/** Sizes, rates and lengths, and what files hold besides picture and sound. */
export const shapeSources: readonly FormatSource[] = [
  film("odd-size.mkv", lossless("FFV1", "ffv1"), opus, {
    special: "321x181",
    size: [321, 181],
    filters: "scale=321:181:flags=neighbor,setsar=1",
    pixelFormat: "yuv420p",
  }),
  film("tiny.mp4", plain, aac, { special: "16x16", size: [16, 16], truth: unnumbered, hasMarkers: false }),
  film("two-pixels.mkv", lossless("FFV1", "ffv1"), aac, {
    special: "2x2",
    size: [2, 2],
    truth: unnumbered,
    hasMarkers: false,
  }),
  film("wide.mp4", plain, aac, { special: "1280x64", size: [1280, 64] }),
  film("tall.mp4", plain, aac, { special: "144x640", size: [144, 640] }),
  film("anamorphic.mp4", plain, aac, { special: "pixels 16:11", size: [352, 288], filters: "setsar=16/11" }),
  film("rotated-90.mp4", plain, aac, {
    special: "turned by 90°",
    size: [180, 320],
    filters: "transpose=cclock",
    rotation: 90,
  }),
  film("rotated-180.mov", plain, aac, {
    special: "turned by 180°",
    filters: "hflip,vflip",
    remux: ["-i", "IN", "-map", "0", "-c", "copy", "-metadata:s:v", "rotate=180"],
  }),
  film("fps-half.mp4", plain, aac, {
    special: "a frame every 2 s",
    rate: { num: 1, den: 2 },
    seconds: 8,
    soundOf: { markerSeconds: 1.4 },
    truth: { rate: { num: 1, den: 1 }, frames: 8, numbers: [0, 0, 1, 1, 2, 2, 3, 3] },
    hasMarkers: false,
  }),
  film("fps-1.mp4", plain, aac, {
    special: "1 frame/s",
    rate: { num: 1, den: 1 },
    seconds: 6,
    soundOf: { markerSeconds: 1.4 },
    hasMarkers: false,
  }),
  film("fps-12.5.avi", lossless("MPEG-4 Visual", "mpeg4", "-q:v", "3"), mp3, {
    special: "12.5 frames/s",
    rate: { num: 25, den: 2 },
    hasMarkers: false,
    seconds: 4,
  }),
  film("fps-59.94.mkv", plain, aac, { special: "59.94 frames/s", rate: { num: 60000, den: 1001 } }),
  film("fps-120.mp4", plain, aac, {
    special: "120 frames/s",
    rate: { num: 120, den: 1 },
    truth: { rate: { num: 60, den: 1 }, frames: 300, numbers: holdOnGrid(upTo(600), 0.5, 300) },
  }),
  film("vfr.mp4", plain, aac, variable),
  film(
    "vfr.webm",
    ["VP8", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]],
    vorbis,
    variable,
  ),
  film("vfr.flv", h264("High", "-bf", "0"), mp3, { ...variable, soundOf: { rate: 44100 } }),
  film("one-frame.mp4", plain, undefined, { special: "one frame", seconds: 0.04 }),
  film("50-ms.mp4", plain, aac, {
    special: "50 ms",
    limits: { "hls.js": "reports a stall, not a fatal one: it is over before it runs" },
    rate: { num: 60, den: 1 },
    seconds: 0.05,
    hasMarkers: false,
  }),
  film("one-second.webm", ["VP8", ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M"]], vorbis, {
    special: "1 s",
    seconds: 1,
    hasMarkers: false,
  }),
  film("still.mp4", plain, aac, {
    special: "one picture, 6 s of sound",
    limits: {
      GStreamer: "gives up now and then where the picture ends",
      "hls.js": "reports a stall, not a fatal one, where the picture ends",
      "Shaka Player": "ends where the picture does",
    },
    seconds: 0.04,
    soundOf: { end: 6, markerSeconds: 1.4 },
    hasMarkers: false,
  }),
  film("picture-only.webm", ["VP8", ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M"]], undefined),
  film("late-picture.mp4", plain, aac, {
    special: "the picture begins 1 s after the sound",
    remux: ["-itsoffset", "1", "-i", "IN", "-i", "IN", "-map", "0:v", "-map", "1:a", "-c", "copy"],
    hasMarkers: false,
  }),
  film("subtitles.mkv", plain, aac, {
    special: "SubRip, from the first instant on",
    inputs: [srtInput],
    muxer: ["-c:s", "srt"],
    limits: unlinkedText,
  }),
  film("subtitles.mp4", plain, aac, {
    special: "timed text (mov_text)",
    inputs: [srtInput],
    muxer: ["-c:s", "mov_text"],
    limits: unlinkedText,
  }),
  film("subtitles-ass.mkv", plain, aac, {
    special: "SSA/ASS",
    inputs: [srtInput],
    muxer: ["-c:s", "ass"],
    limits: unlinkedText,
  }),
  film("subtitles.webm", ["VP8", ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M"]], vorbis, {
    special: "WebVTT",
    inputs: [srtInput],
    muxer: ["-c:s", "webvtt"],
    limits: unlinkedText,
  }),
  film("subtitles-pgs.mkv", plain, ac3, {
    special: "subtitles as pictures, of Blu-ray",
    inputs: [["-f", "sup", "-i", data(pictureSubtitles)]],
    muxer: ["-c:s", "copy"],
  }),
  film("subtitles-vobsub.mkv", plain, ac3, {
    special: "subtitles as pictures, of DVD",
    inputs: [["-f", "sup", "-i", data(pictureSubtitles)]],
    muxer: ["-c:s", "dvdsub"],
  }),
  film("subtitles-dvb.ts", plain, ac3, {
    special: "subtitles as pictures, of DVB",
    inputs: [["-f", "sup", "-i", data(pictureSubtitles)]],
    muxer: ["-c:s", "dvbsub"],
  }),
  film("chapters.mkv", plain, aac, {
    special: "chapters",
    remux: ["-i", "IN", "-f", "ffmetadata", "-i", chapters, "-map", "0", "-map_chapters", "1", "-c", "copy"],
  }),
  film("chapters.mp4", plain, aac, {
    special: "chapters",
    remux: ["-i", "IN", "-f", "ffmetadata", "-i", chapters, "-map", "0", "-map_chapters", "1", "-c", "copy"],
  }),
  film("cover.mp4", plain, aac, {
    special: "with a cover",
    inputs: [cover],
    muxer: [
      "-bf:v:1",
      "0",
      "-c:v:1",
      "mjpeg",
      "-pix_fmt:v:1",
      "yuvj420p",
      "-frames:v:1",
      "1",
      "-disposition:v:1",
      "attached_pic",
    ],
  }),
  film("timecode.mov", plain, pcm16, {
    special: "with a time code track",
    muxer: ["-timecode", "01:00:00:00"],
  }),
  film("two-pictures.mp4", plain, aac, {
    special: "two pictures, the first is the default",
    inputs: [["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=5"]],
  }),
  film("two-programmes.ts", plain, aac, {
    special: "two programmes",
    remux: [
      "-i",
      "IN",
      "-i",
      "IN",
      "-map",
      "0",
      "-map",
      "1",
      "-c",
      "copy",
      "-program",
      "title=one:st=0:st=1",
      "-program",
      "title=two:st=2:st=3",
    ],
    soundTracks: [{}],
  }),
  film("wrap.ts", plain, ac3, {
    special: "its clock passes the end (2³³) and begins again",
    muxer: ["-output_ts_offset", "95441"],
  }),
  film("mid-gop.ts", h264("High", "-g", "50"), ac3, {
    special: "begins in the middle of a group of pictures",
    harm: {
      name: "beginning-cut-off",
      apply: (whole) => whole.subarray(188 * Math.floor(whole.length / 188 / 20)),
    },
    truth: { rate: { num: 25, den: 1 }, frames: 75, numbers: upTo(125).slice(50) },
  }),
];
