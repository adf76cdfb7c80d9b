import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../support/run-program.ts";

export interface Original {
  readonly extension: string;
  readonly bytes: Buffer;
}

const picture = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=2.4"];
const sound = ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000:duration=2.4"];
const film = [...picture, ...sound];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-bf", "2", "-threads", "1"];
const mpeg2 = ["-c:v", "mpeg2video", "-g", "12", "-c:a", "mp2"];

/** What is damaged: two seconds of film or sound in each container, as different inside as they come. */
const RECIPES: Readonly<Record<string, readonly string[]>> = {
  mp4: [...film, ...x264, "-c:a", "aac", "-movflags", "+faststart"],
  mov: [...film, ...x264, "-c:a", "pcm_s16le"],
  "fragmented.mp4": [...film, ...x264, "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"],
  mkv: [...film, ...x264, "-c:a", "libvorbis"],
  webm: [...film, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
  ts: [...film, ...x264, "-c:a", "aac"],
  mpg: [...film, ...mpeg2],
  avi: [...film, "-c:v", "mpeg4", "-c:a", "libmp3lame"],
  flv: [...film, "-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"],
  ogv: [...film, "-c:v", "libtheora", "-c:a", "libvorbis"],
  wmv: [...film, "-c:v", "wmv2", "-c:a", "wmav2"],
  mxf: [...film, "-c:v", "mpeg2video", "-c:a", "pcm_s16le"],
  mp3: [...sound, "-c:a", "libmp3lame"],
  flac: [...sound, "-c:a", "flac"],
  wav: [...sound, "-c:a", "pcm_s16le"],
};

/** Makes them in a folder. */
export function makeOriginals(folder: string): Promise<readonly Original[]> {
  return Promise.all(
    Object.entries(RECIPES).map(async ([extension, recipe]) => {
      const path = join(folder, `original.${extension}`);
      const bitexact = ["-fflags", "+bitexact", "-flags", "+bitexact"];
      await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...recipe, ...bitexact, path]);
      return { extension, bytes: await readFile(path) };
    }),
  );
}
