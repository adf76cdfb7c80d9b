import { type FootageName, footage, footagePicture, isFilm, vfrNumbers } from "../support/footage.ts";
import { runProgram } from "../support/run-program.ts";

/** The titles that are played, each for a reason of its own. */
export const sources = [
  "bbb",
  "bbb-480p",
  "film-24000-1001-bframes",
  "open-gop-mkv",
  "vfr-mp4",
  "vfr-mkv",
  "ts-offset-late-audio",
  "hevc-10bit-mkv",
  "surround-44100-mp4",
  "surround-ac3-mkv",
  "portrait-mp4",
  "rotated-mp4",
  "anamorphic-mp4",
  "anamorphic-mpg",
  "audio-only-m4a",
  "audio-only-flac",
  "audio-only-mp3",
  "audio-cover-mp3",
  "video-only-mp4",
  "odd-size-444-mkv",
  "fps120-mp4",
  "late-audio-mp4",
  "long-audio-mp4",
  "two-audio-mkv",
  "xvid-avi",
  "vp9-opus-webm",
  "webm-vorbis",
] as const satisfies readonly FootageName[];

export type SourceName = (typeof sources)[number];

export interface Rate {
  readonly num: number;
  readonly den: number;
}

/** What the picture of a source must look like once it is served. */
export interface PictureTruth {
  readonly rate: Rate;
  /** Frames at that rate: the true duration is `frames * den / num` seconds. */
  readonly frames: number;
  /** The number that each served frame shows; absent for film without numbers. */
  readonly numbers?: readonly number[];
}

/**
 * The truth about a picture, from what the footage was made of and not from the product's probe; undefined for sound.
 *
 * Constant rate: the recipe's frames. Variable rate: the last frame that was kept ends one thirtieth after it
 * begins (both muxers write that), and what was dropped is held. Film: its packets, counted, at 24 a second.
 */
export async function pictureTruth(name: SourceName): Promise<PictureTruth | undefined> {
  if (isFilm(name)) return { rate: { num: 24, den: 1 }, frames: await countPackets(await footage(name)) };
  const picture = footagePicture(name);
  if (!picture) return undefined;
  const present = name.startsWith("vfr-")
    ? vfrNumbers()
    : Array.from({ length: picture.frames }, (_, number) => number);
  const rate = picture.rate.num > 60 * picture.rate.den ? { num: 60, den: 1 } : picture.rate;
  const perFrame = (rate.num * picture.rate.den) / (rate.den * picture.rate.num);
  const frames = Math.round((present.at(-1)! + 1) * perFrame);
  return { rate, frames, numbers: holdOnGrid(present, perFrame, frames) };
}

/** Each frame goes to the nearest place on the output's grid and stays until the next; of two, the later one. */
export function holdOnGrid(present: readonly number[], perFrame: number, frames: number): number[] {
  const shown: number[] = [];
  let next = 0;
  for (let place = 0; place < frames; place++) {
    while (next < present.length && Math.floor(present[next]! * perFrame + 0.5) <= place) next += 1;
    shown.push(present[next - 1]!);
  }
  return shown;
}

async function countPackets(file: string): Promise<number> {
  const entries = ["-select_streams", "v:0", "-count_packets", "-show_entries", "stream=nb_read_packets"];
  const { stdout } = await runProgram("ffprobe", ["-v", "error", ...entries, "-of", "csv=p=0", file]);
  return Number.parseInt(stdout.toString(), 10);
}
