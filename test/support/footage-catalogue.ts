import { type Picture, pictureGraph, type Sound, soundGraph } from "./footage-sources.ts";
import { markerFrames } from "./frame-marks.ts";

// One table of every file is easier to survey than a table in parts: hence the length of this file.

/** How a file of footage is made: its sources, the arguments for encoders and muxer, and its extension. */
export interface Recipe {
  readonly extension: string;
  readonly picture?: Picture;
  readonly sounds: readonly Sound[];
  /** More inputs, such as a cover, each mapped after the picture and the sounds. */
  readonly inputs?: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** The finished mp4 is turned clockwise by this display matrix. */
  readonly rotation?: 90;
}

const fps = (num: number, den = 1) => ({ num, den });

function picture(
  width: number,
  height: number,
  rate: Picture["rate"],
  seconds: number,
  after?: string,
): Picture {
  const frames = Math.round((seconds * rate.num) / rate.den);
  return { width, height, rate, frames, ...(after ? { after } : {}) };
}

/** The sound of a whole picture, unless `change` says otherwise. */
function sound(of: Picture, change: Partial<Sound> = {}): Sound {
  const second = of.rate.den / of.rate.num;
  const markerSeconds = markerFrames(of.rate) * second;
  return {
    rate: 48000,
    layout: "stereo",
    start: 0,
    end: of.frames * second,
    pitch: 1,
    markerSeconds,
    ...change,
  };
}

const aac = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "192k"];
const x264 = (...more: string[]) => ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", ...more];
const x264B = (gop: number) => x264("-bf", "3", "-b_strategy", "0", "-g", String(gop), "-sc_threshold", "0");
/** Said at the output, since lavfi inputs lose it on the way. */
const topFieldFirst = ["-vf", "setfield=tff", "-flags", "+ilme+ildct", "-field_order", "tt"];
const faststart = ["-movflags", "+faststart"];

const film = picture(854, 480, fps(24000, 1001), 60);
const small24 = picture(640, 360, fps(24), 30, "format=yuv420p");
const small25 = picture(640, 360, fps(25), 24, "format=yuv420p");
const small30 = picture(640, 360, fps(30), 20, "format=yuv420p");
const openGop = picture(640, 360, fps(24), 40, "format=yuv420p");
const tenBit = picture(640, 360, fps(24), 20, "format=yuv420p10le");
const portrait = picture(360, 640, fps(30), 20, "format=yuv420p");
const rotated = picture(360, 640, fps(30), 20, "transpose=cclock,format=yuv420p");
// testsrc2 rounds its size down to even numbers.
const odd = picture(641, 361, fps(30), 20, "format=yuv444p10le,scale=641:361:flags=neighbor,setsar=1");
const fast = picture(640, 360, fps(120), 20, "format=yuv420p");
const pal: Picture = { ...picture(720, 576, fps(25), 20), interlaced: true };
const palH264: Picture = { ...pal, after: "setsar=16/11,format=yuv420p" };
const palMpeg2: Picture = { ...pal, after: "setdar=16/9,format=yuv420p" };

/**
 * Which frames of the 30 fps original are in the vfr footage: n is kept when (31nn + 17n) mod 101 >= 40, except
 * that 421..465 is one long hole, and every flash (n mod 60 = 0) is kept. FFmpeg computes the same in doubles.
 */
export const keptInVfr = "not(mod(n,60))+gte(mod(31*n*n+17*n,101),40)*not(between(n,421,465))";
export const isKeptInVfr = (n: number): boolean =>
  n % 60 === 0 || ((31 * n * n + 17 * n) % 101 >= 40 && !(n >= 421 && n <= 465));
export const vfrOriginal: Picture = picture(640, 360, fps(30), 30, `select='${keptInVfr}',format=yuv420p`);

const audioOnly: Sound = { rate: 44100, layout: "stereo", start: 0, end: 30, pitch: 1, markerSeconds: 2 };
const lavfi = (graph: string) => ["-f", "lavfi", "-i", graph];
const cover = lavfi("testsrc2=size=300x300:duration=1");
const audioTrack = (index: number, language: string, title: string) => [
  `-metadata:s:a:${index}`,
  `language=${language}`,
  `-metadata:s:a:${index}`,
  `title=${title}`,
];

export const catalogue = {
  "film-24000-1001-bframes": {
    extension: "mp4",
    picture: { ...film, after: "format=yuv420p" },
    sounds: [sound(film)],
    output: [...x264B(48), ...aac, ...faststart],
  },
  "open-gop-mkv": {
    extension: "mkv",
    picture: openGop,
    sounds: [sound(openGop)],
    output: [
      ...x264B(240),
      ...["-x264-params", "open-gop=1:keyint=240:min-keyint=240:bframes=3:scenecut=0"],
      ...aac,
    ],
  },
  "vfr-mp4": {
    extension: "mp4",
    picture: vfrOriginal,
    sounds: [sound(vfrOriginal)],
    output: [...x264B(60), ...aac],
  },
  "vfr-mkv": {
    extension: "mkv",
    picture: vfrOriginal,
    sounds: [sound(vfrOriginal, { rate: 44100 })],
    output: [...x264B(60), ...aac],
  },
  "ts-offset-late-audio": {
    extension: "ts",
    picture: small25,
    sounds: [sound(small25, { start: 1.5 })],
    output: [...x264B(50), ...aac, "-output_ts_offset", "1000"],
  },
  "hevc-10bit-mkv": {
    extension: "mkv",
    picture: tenBit,
    sounds: [sound(tenBit, { rate: 44100 })],
    output: [
      ...[
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "24",
        "-x265-params",
        "log-level=error:bframes=3",
      ],
      ...aac,
    ],
  },
  "surround-44100-mp4": {
    extension: "mp4",
    picture: small25,
    sounds: [sound(small25, { rate: 44100, layout: "5.1" })],
    output: [...x264B(50), ...aac, "-b:a", "384k"],
  },
  /** Its keyframes, and so its borders, do not lie in bursts alone. */
  "surround-ac3-mkv": {
    extension: "mkv",
    picture: small25,
    sounds: [sound(small25, { layout: "5.1" })],
    output: [...x264B(75), "-c:a", "ac3", "-b:a", "448k"],
  },
  "portrait-mp4": {
    extension: "mp4",
    picture: portrait,
    sounds: [sound(portrait)],
    output: [...x264B(60), ...aac],
  },
  /** Stored as 640x360 with a matrix, as phones do: displayed it is 360x640 with the strip at the top-left. */
  "rotated-mp4": {
    extension: "mp4",
    picture: rotated,
    sounds: [sound(rotated)],
    output: [...x264B(60), ...aac],
    rotation: 90,
  },
  "anamorphic-mp4": {
    extension: "mp4",
    picture: palH264,
    sounds: [sound(palH264)],
    output: [...x264("-g", "50", ...topFieldFirst), ...aac],
  },
  /** MPEG-2 can only say 4:3, 16:9 and 2.21:1: here 16:9, a sample aspect ratio of 64:45. */
  "anamorphic-mpg": {
    extension: "mpg",
    picture: palMpeg2,
    sounds: [sound(palMpeg2)],
    output: [
      ...["-c:v", "mpeg2video", "-b:v", "5M", "-maxrate", "8M", "-bufsize", "1835k", "-g", "15", "-bf", "2"],
      ...[...topFieldFirst, "-c:a", "mp2", "-b:a", "256k", "-f", "vob"],
    ],
  },
  "audio-only-m4a": { extension: "m4a", sounds: [audioOnly], output: aac },
  "audio-only-flac": { extension: "flac", sounds: [audioOnly], output: ["-c:a", "flac"] },
  "audio-only-mp3": { extension: "mp3", sounds: [audioOnly], output: ["-c:a", "libmp3lame", "-b:a", "192k"] },
  "audio-cover-mp3": {
    extension: "mp3",
    sounds: [audioOnly],
    inputs: [cover],
    output: [
      ...["-c:a", "libmp3lame", "-b:a", "192k", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-frames:v", "1"],
      ...["-disposition:v:0", "attached_pic", "-id3v2_version", "3"],
    ],
  },
  "video-only-mp4": { extension: "mp4", picture: small24, sounds: [], output: x264B(48) },
  "odd-size-444-mkv": {
    extension: "mkv",
    picture: odd,
    sounds: [sound(odd)],
    output: [...x264("-profile:v", "high444", "-g", "60"), ...aac],
  },
  "fps120-mp4": { extension: "mp4", picture: fast, sounds: [sound(fast)], output: [...x264B(240), ...aac] },
  "late-audio-mp4": {
    extension: "mp4",
    picture: small24,
    sounds: [sound(small24, { start: 3 })],
    // Edit lists count in the movie's timescale: the default, milliseconds, would shift the sound by 0.7 ms.
    output: [...x264B(48), ...aac, "-movie_timescale", "48000"],
  },
  "long-audio-mp4": {
    extension: "mp4",
    picture: small24,
    sounds: [sound(small24, { end: 35 })],
    output: [...x264B(48), ...aac],
  },
  "two-audio-mkv": {
    extension: "mkv",
    picture: small24,
    sounds: [sound(small24), sound(small24, { pitch: 1.25 })],
    output: [
      ...x264B(48),
      ...aac,
      ...audioTrack(0, "eng", "English"),
      ...audioTrack(1, "fra", "Version française"),
      ...["-disposition:a:0", "0", "-disposition:a:1", "default"],
    ],
  },
  "xvid-avi": {
    extension: "avi",
    picture: small25,
    sounds: [sound(small25)],
    output: [
      ...["-c:v", "mpeg4", "-vtag", "XVID", "-q:v", "4", "-g", "250"],
      // Else the encoder's delay in the sound moves the first frame only.
      ...["-c:a", "libmp3lame", "-b:a", "192k", "-avoid_negative_ts", "disabled"],
    ],
  },
  "vp9-opus-webm": {
    extension: "webm",
    picture: small30,
    sounds: [sound(small30)],
    output: [
      ...["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-b:v", "1500k"],
      ...["-g", "120", "-c:a", "libopus", "-b:a", "128k"],
    ],
  },
  "webm-vorbis": {
    extension: "webm",
    picture: small30,
    sounds: [sound(small30, { rate: 44100 })],
    output: [
      ...["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-g", "120"],
      ...["-c:a", "libvorbis", "-q:a", "5"],
    ],
  },
} as const satisfies Record<string, Recipe>;

/** The FFmpeg arguments that build a recipe, all but the output's name. */
export function recipeArguments(recipe: Recipe): readonly string[] {
  const inputs = [
    ...(recipe.picture ? [lavfi(pictureGraph(recipe.picture))] : []),
    // FFmpeg moves every input to zero: a late track has to be told its start again.
    ...recipe.sounds.map((track) => [
      ...(track.start > 0 ? ["-itsoffset", String(track.start)] : []),
      ...lavfi(soundGraph(track)),
    ]),
    ...(recipe.inputs ?? []),
  ];
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-y"],
    ...inputs.flat(),
    ...inputs.flatMap((_, index) => ["-map", String(index)]),
    // Dropped frames must stay dropped.
    ...(recipe.picture ? ["-fps_mode", "passthrough"] : []),
    ...["-fflags", "+bitexact", "-threads", "2"],
    ...recipe.output,
  ];
}
