import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../support/run-program.ts";

const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4"];
const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4"];
/** A keyframe a second, and no more than BANDWIDTH says. */
const encoders = [
  ...["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-sc_threshold", "0"],
  ...["-b:v", "900k", "-maxrate", "600k", "-bufsize", "300k", "-c:a", "aac", "-ac", "2", "-b:a", "96k"],
];
const hls = [
  "-f",
  "hls",
  "-hls_time",
  "1",
  "-hls_playlist_type",
  "vod",
  "-hls_flags",
  "independent_segments",
];
const fmp4 = ["-hls_segment_type", "fmp4"];

/** Streams as plain `ffmpeg -f hls` makes them, four segments of a second each; the values are the playlists. */
const streams = {
  "MPEG-TS": ["-map", "0:v", "-map", "1:a", ...encoders, ...hls, "index.m3u8"],
  "fragmented MP4": ["-map", "0:v", "-map", "1:a", ...encoders, ...hls, ...fmp4, "index.m3u8"],
  "MPEG-TS in two variants": [
    ...["-map", "0:v", "-map", "0:v", "-map", "1:a", "-map", "1:a", ...encoders, "-s:v:1", "160x90", ...hls],
    ...["-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "master.m3u8", "v%v.m3u8"],
  ],
  "fragmented MP4 with sound of its own": [
    ...["-map", "0:v", "-map", "1:a", ...encoders, ...hls, ...fmp4, "-master_pl_name", "master.m3u8"],
    ...["-var_stream_map", "v:0,agroup:snd,name:v a:0,agroup:snd,language:en,name:a", "%v.m3u8"],
  ],
} as const;

export type StreamName = keyof typeof streams;
export const streamNames = Object.keys(streams) as readonly StreamName[];

/** Makes a stream in a folder, which is emptied before. @returns its playlist. */
export async function makeStream(name: StreamName, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const output = streams[name].map((arg) => (/%v\.m3u8$|^index\.m3u8$/.test(arg) ? join(folder, arg) : arg));
  await runProgram("ffmpeg", ["-v", "error", ...picture, ...sound, ...output]);
  return join(folder, streams[name].includes("master.m3u8" as never) ? "master.m3u8" : "index.m3u8");
}

/** Puts subtitles beside it, a segment a second: the first has a cue. */
export async function addSubtitles(folder: string, mpegTicks: number): Promise<void> {
  const segment = (cues: string) =>
    `WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:${mpegTicks},LOCAL:00:00:00.000\n\n${cues}`;
  const lines = [0, 1, 2, 3].flatMap((k) => ["#EXTINF:1.0,", `s${k}.vtt`]);
  const header = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", "#EXT-X-PLAYLIST-TYPE:VOD"];
  await writeFile(join(folder, "s.m3u8"), [...header, ...lines, "#EXT-X-ENDLIST", ""].join("\n"));
  const cue = "00:00:00.200 --> 00:00:00.800\nGood evening\n";
  for (const k of [0, 1, 2, 3]) await writeFile(join(folder, `s${k}.vtt`), segment(k === 0 ? cue : ""));
}
