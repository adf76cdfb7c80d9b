import { rm, writeFile } from "node:fs/promises";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { damagedFootage, footage } from "../support/footage.ts";
import { cachedFile } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";

const ENGLISH = `1
00:00:01,000 --> 00:00:09,000
<i>A morning in the meadow.</i>

2
00:00:10,000 --> 00:00:29,000
Somebody is up early.
`;
const FRENCH = ENGLISH.replace("A morning in the meadow.", "Un matin dans la prairie.");
/** Of what is said in a foreign language, for those who hear the film in English. */
const FORCED = "1\n00:00:01,000 --> 00:00:29,000\n(sign: private property)\n";
const CHAPTERS = [
  [0, 8000, "Dawn & <dew>"],
  [8000, 20000, "Out of the burrow"],
  [20000, 30000, "Breakfast"],
] as const;

/** 30 s of real film in 720p with sound in two languages, subtitles in two and a forced one, and chapters. */
async function meadow(): Promise<string> {
  const metadata = `;FFMETADATA1\n${CHAPTERS.map(
    ([start, end, title]) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`,
  ).join("")}`;
  const source = await footage("bbb");
  const sound = (hertz: number) => ["-f", "lavfi", "-i", `sine=${hertz}:sample_rate=48000:duration=30`];
  const subtitles = [ENGLISH, FRENCH, FORCED];
  const tag = (stream: string, language: string, title: string) => [
    ...[`-metadata:s:${stream}`, `language=${language}`, `-metadata:s:${stream}`, `title=${title}`],
  ];
  const output = [
    ...["-t", "30", "-vf", "scale=1280:720", "-c:v", "libx264", "-preset", "ultrafast"],
    ...["-crf", "20", "-g", "48"],
    ...["-c:a", "aac", "-c:s", "srt", ...tag("a:0", "eng", "English"), ...tag("a:1", "fra", "Français")],
    ...[...tag("s:0", "eng", "English"), ...tag("s:1", "fra", "Français"), ...tag("s:2", "eng", "Forced")],
    ...["-disposition:s:0", "0", "-disposition:s:1", "0", "-disposition:s:2", "forced"],
  ];
  const maps = ["0:v", "1", "2", "3", "4", "5"].flatMap((map) => ["-map", map]);
  const args = [...maps, "-map_chapters", "6", ...output];
  const key = [args, subtitles, metadata];
  return cachedFile({ name: "showcase", extension: "mkv", key }, async (path) => {
    const files = [...subtitles.map((_, k) => `${path}.${k}.srt`), `${path}.txt`];
    const inputs = ["-i", source, ...sound(220), ...sound(330), ...files.flatMap((file) => ["-i", file])];
    try {
      for (const [k, file] of files.entries()) await writeFile(file, subtitles[k] ?? metadata);
      await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...inputs, ...args, path]);
    } finally {
      for (const file of files) await rm(file, { force: true });
    }
  });
}

/** Four seconds of film from somewhere, so that posters differ. */
async function scene(seconds: number, filter = "scale=640:360"): Promise<string> {
  const source = await footage("bbb");
  const args = ["-ss", String(seconds), "-i", source, "-t", "4", "-an", "-vf", filter];
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "23"];
  return cachedFile({ name: "scene", extension: "mp4", key: [args, encoder] }, async (path) => {
    await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args, ...encoder, path]);
  });
}

/** A media folder with what a library may hold. */
export async function makeShowcase(): Promise<Library> {
  return makeLibrary({
    "A Morning in the Meadow.mkv": await meadow(),
    "Butterflies.mp4": await scene(12),
    "Field Notes.m4a": await footage("audio-only-m4a"),
    "A Letter.mp4": await damagedFootage("text"),
    "Séries/Été en forêt/1 · The Burrow.mp4": await scene(9),
    "Séries/Été en forêt/2 · An Apple.mp4": await scene(15),
    "Séries/Été en forêt/3 · Three Visitors, and What Came of It in the End.mp4": await scene(20),
    "Séries/Été en forêt/4 · Evening.mp4": await scene(25),
    "Upright/Walk.mp4": await scene(23, "crop=608:1080,scale=360:640"),
  });
}
