import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../support/run-program.ts";

/** Six seconds: one cue is over within a segment, one spans a border, one has a place of its own. */
export const SUBRIP = `1
00:00:00,500 --> 00:00:00,900
Hello <i>there</i>,
<font color="#ff0000">you</font> & <3

2
00:00:01,234 --> 00:00:04,567
Over two borders

3
00:00:05,000 --> 00:00:05,750
{\\an8}Up here é
`;

export const WEBVTT = `WEBVTT

NOTE a comment

one
00:00.500 --> 00:00.900
Hello <i>there</i>, &amp; <v Bob>you</v>

00:00:01.234 --> 00:00:04.567
Over two borders

00:00:05.000 --> 00:00:05.750 line:0 align:start
Up here é
`;

export const ASS = `[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0
Style: Sign,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,-1,0,0,100,100,0,0,1,1,0,8,10,10,10,0

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.50,0:00:00.90,Default,,0,0,0,,Hello {\\i1}there{\\i0},\\Nyou {\\c&Hff&}& I
Dialogue: 0,0:00:01.23,0:00:04.56,Default,,0,0,0,,Over two borders
Dialogue: 0,0:00:05.00,0:00:05.75,Sign,,0,0,0,,Up here é
Dialogue: 0,0:00:05.00,0:00:05.75,Sign,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
`;

const CHAPTERS = `;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=2500
title=One & <only>
[CHAPTER]
TIMEBASE=1/1000
START=2500
END=9000
title=Two
`;

/** Blu-ray subtitles of one empty picture: a composition segment and an end segment. */
function pgsSubtitles(): Buffer {
  const segment = (kind: number, data: readonly number[]) => [
    ...[0x50, 0x47, 0, 0, 0xaf, 0xc8, 0, 0, 0, 0],
    ...[kind, 0, data.length, ...data],
  ];
  return Buffer.from([...segment(0x16, [0, 128, 0, 72, 0x10, 0, 0, 0x80, 0, 0, 0]), ...segment(0x80, [])]);
}

export interface SubtitledFilms {
  readonly dir: string;
  remove(): Promise<void>;
}

/** A small picture of six seconds at 25 frames/s with sound. */
const PICTURE = ["-f", "lavfi", "-i", "testsrc=s=128x72:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6"];
const CODECS = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"];

/** A media folder with films in the containers that hold text, and one without any, whose picture begins late. */
export async function makeSubtitledFilms(): Promise<SubtitledFilms> {
  const dir = await mkdtemp(join(tmpdir(), "seamline-subtitles-"));
  const texts = await mkdtemp(join(tmpdir(), "seamline-texts-"));
  const file = (name: string) => join(texts, name);
  await Promise.all([
    writeFile(file("a.srt"), SUBRIP),
    writeFile(file("a.ass"), ASS),
    writeFile(file("a.vtt"), WEBVTT),
    writeFile(file("chapters.txt"), CHAPTERS),
    writeFile(file("a.sup"), pgsSubtitles()),
  ]);
  const inputs = ["a.srt", "a.ass", "a.vtt", "chapters.txt"].flatMap((name) => ["-i", file(name)]);
  const common = ["-v", "error", "-nostdin", ...PICTURE];
  await runProgram("ffmpeg", [
    ...[...common, ...inputs, "-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"],
    ...["-map_chapters", "5", ...CODECS, "-c:s", "copy"],
    ...["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=ger", "-disposition:s:1", "forced"],
    ...["-metadata:s:s:2", "language=eng", "-disposition:s:2", "hearing_impaired", join(dir, "film.mkv")],
  ]);
  const mp4 = ["-map", "0", "-map", "1", "-map", "2", ...CODECS, "-c:s", "mov_text"];
  await runProgram("ffmpeg", [...common, "-i", file("a.srt"), ...mp4, join(dir, "film.mp4")]);
  const webm = ["-map", "0", "-map", "2", "-c:v", "libvpx", "-deadline", "realtime", "-c:s", "copy"];
  await runProgram("ffmpeg", [...common, "-i", file("a.vtt"), ...webm, join(dir, "film.webm")]);
  const late = ["-map", "0", "-map", "1", "-map", "2", ...CODECS, "-c:s", "copy", "-output_ts_offset", "100"];
  await runProgram("ffmpeg", [...common, "-i", file("a.srt"), ...late, join(dir, "late.mkv")]);
  const pictures = ["-map", "0", "-map", "2", ...CODECS, "-c:s", "copy", "-metadata:s:s", "language=dut"];
  await runProgram("ffmpeg", [...common, "-i", file("a.sup"), ...pictures, join(dir, "pictures.mkv")]);
  const plain = ["-v", "error", "-nostdin", "-itsoffset", "0.2", ...PICTURE, ...CODECS];
  await runProgram("ffmpeg", [...plain, join(dir, "plain.mkv")]);
  await rm(texts, { recursive: true });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** When the picture of a film begins on the container's clock, milliseconds: not the same with every FFmpeg. */
export async function pictureStartMs(file: string): Promise<number> {
  const args = [
    "-v",
    "error",
    "-select_streams",
    "v:0",
    "-show_entries",
    "stream=start_time",
    "-of",
    "csv=p=0",
    file,
  ];
  const { stdout } = await runProgram("ffprobe", args);
  return Math.round(Number.parseFloat(stdout.toString()) * 1000);
}
