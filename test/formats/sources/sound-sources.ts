import { clip, type FormatSource, film } from "../format-source.ts";
import {
  aac,
  ac3,
  alac,
  dts,
  eac3,
  flac,
  h264,
  mp3,
  opus,
  pcm16,
  sound,
  trueHd,
  vorbis,
  wma,
  wmaTail,
} from "./encodings.ts";

const cover = ["-f", "lavfi", "-i", "testsrc2=size=300x300:duration=1"];
const picture = h264("High");

/** Sound alone, and what is special about the sound of films. */
export const soundSources: readonly FormatSource[] = [
  film("sound.flac", undefined, sound("FLAC 96 kHz, 24 bit", "flac", "-sample_fmt", "s32"), {
    soundOf: { rate: 96000 },
  }),
  film("sound-alac.m4a", undefined, alac),
  film("sound-cover.m4a", undefined, aac, {
    special: "with a cover",
    inputs: [cover],
    muxer: ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-frames:v", "1", "-disposition:v:0", "attached_pic"],
  }),
  clip("real-sound.opus", 5, undefined, opus),
  film("sound-vorbis.ogg", undefined, vorbis, { soundOf: { rate: 44100 } }),
  film("sound-vbr.mp3", undefined, sound("MP3, variable bit rate", "libmp3lame", "-q:a", "4"), {
    soundOf: { rate: 44100 },
  }),
  film("sound-mono.mp3", undefined, sound("MP3 mono, 22 kHz", "libmp3lame", "-ac", "1"), {
    soundOf: { rate: 22050 },
  }),
  film("sound.aac", undefined, aac, { special: "no container" }),
  film("sound.ac3", undefined, ac3, { special: "no container" }),
  film("sound.eac3", undefined, eac3, { special: "no container" }),
  film("sound.dts", undefined, dts, { special: "no container" }),
  film("sound-truehd.mka", undefined, trueHd),
  film("sound.wma", undefined, wma, wmaTail),
  film("sound-telephone.wav", undefined, sound("µ-law mono, 8 kHz", "pcm_mulaw", "-ac", "1"), {
    soundOf: { rate: 8000 },
    hasMarkers: false,
  }),
  film("sound-24bit.wav", undefined, sound("PCM 24 bit", "pcm_s24le")),
  film("sound-adpcm.wav", undefined, sound("ADPCM", "adpcm_ima_wav")),
  film("sound.aiff", undefined, sound("PCM 16 bit", "pcm_s16be")),
  film("sound-alac.caf", undefined, alac),
  film("sound.wv", undefined, sound("WavPack", "wavpack")),
  film("sound.tta", undefined, sound("TTA", "tta")),
  film("surround-7-1.mkv", picture, sound("FLAC 7.1", "flac", "-ac", "8"), { soundOf: { layout: "5.1" } }),
  film("surround-dts.ts", picture, sound("DTS 5.1", "dca", "-strict", "-2", "-b:a", "768k"), {
    soundOf: { layout: "5.1" },
  }),
  film("surround-truehd.mkv", picture, sound("TrueHD 5.1", "truehd", "-strict", "-2"), {
    soundOf: { layout: "5.1" },
  }),
  film("latm.ts", picture, sound("AAC in LATM", "aac", "-aac_coder", "fast"), {
    muxer: ["-mpegts_flags", "latm"],
  }),
  film("smpte302.ts", picture, sound("PCM by SMPTE 302M", "s302m", "-strict", "-2")),
  film("bluray.m2ts", picture, sound("PCM of Blu-ray", "pcm_bluray"), {
    muxer: ["-mpegts_m2ts_mode", "1"],
  }),
  film("nellymoser.flv", picture, sound("Nellymoser mono, 22 kHz", "nellymoser", "-ac", "1"), {
    soundOf: { rate: 22050 },
  }),
  film("three-languages.mkv", picture, aac, {
    special: "three sound tracks, the second is the default",
    soundTracks: [{}, { pitch: 1.25 }, { pitch: 1.5 }],
    muxer: [
      ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"],
      ...["-metadata:s:a:2", "language=deu", "-disposition:a:0", "0", "-disposition:a:1", "default"],
    ],
  }),
  film("two-codecs.mp4", picture, ["AAC and AC-3", ["-c:a:0", "aac", "-c:a:1", "ac3"]], {
    special: "two sound tracks",
    soundTracks: [{}, { pitch: 1.25 }],
  }),
  film("late-sound.mkv", picture, mp3, { special: "sound begins after 1.5 s", soundOf: { start: 1.5 } }),
  film("short-sound.mp4", picture, aac, { special: "sound ends after 2 s", soundOf: { end: 2 } }),
  film("long-sound.mov", picture, pcm16, { special: "sound goes on for 3 s", soundOf: { end: 8 } }),
  film("alac.mov", picture, alac, { soundOf: { rate: 44100 } }),
  film("flac-32k.mkv", picture, flac, { soundOf: { rate: 32000 } }),
];
