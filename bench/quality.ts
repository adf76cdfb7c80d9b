import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { type BenchSource, benchSource } from "./bench-source.ts";
import type { Extent, Figure } from "./figure.ts";
import { mean, type PictureQuality, pictureQuality } from "./picture-quality.ts";
import { fetchWhole } from "./play-through.ts";
import { runTool } from "./run-tool.ts";
import { mediaPlaylistUrl, readMediaPlaylist, startSeamline } from "./seamline-process.ts";

/** Rate factors of the one-pass encodes; ours, at 23, is between them in bytes. */
const ANCHOR_CRFS = [22, 24] as const;
/** Frames that are looked at together at a segment's beginning, in its middle and at its end. */
const TOGETHER = 3;

/** Frames of a segment. */
interface Span {
  readonly first: number;
  readonly end: number;
}

interface Encode extends PictureQuality {
  readonly bytes: number;
}

/**
 * How near the picture is to the source, against one encode of the whole film with keyframes at the same places, at
 * equal bytes.
 */
export async function qualityFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke, "10 s");
  const height = Math.min(720, source.height);
  const folder = await mkdtemp(join(tmpdir(), "seamline-quality-"));
  try {
    const output = join(folder, "encode.mp4");
    const borders = await playToFile(source, `v${height}`, output);
    const frames = borders.at(-1)!;
    const look = async (): Promise<Encode> => ({
      bytes: (await stat(output)).size,
      ...(await pictureQuality(output, source.path, height, frames)),
    });
    const ours = await look();
    const keyframes = borders.slice(0, -1).map((frame) => frame / source.framesPerSecond);
    const anchors: Encode[] = [];
    for (const crf of ANCHOR_CRFS) {
      await runTool("ffmpeg", bareFfmpegArgs(source.path, { height, crf, keyframes, output }));
      anchors.push(await look());
    }
    return figuresOf(ours, atBytes(ours.bytes, anchors as [Encode, Encode]), borders);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Has a rendition made and writes it into one file. @returns the frames where segments begin, and the end. */
async function playToFile(source: BenchSource, rendition: string, file: string): Promise<number[]> {
  const server = await startSeamline(source.folder);
  try {
    const { initUrl, segments } = await readMediaPlaylist(
      await mediaPlaylistUrl(server, source.name, rendition),
    );
    const parts: Buffer[] = [];
    for (const url of [initUrl, ...segments.map((segment) => segment.url)]) parts.push(await fetchWhole(url));
    await writeFile(file, Buffer.concat(parts));
    const seconds = [0, ...segments.map((segment) => segment.start + segment.seconds)];
    return seconds.map((second) => Math.round(second * source.framesPerSecond));
  } finally {
    await server.stop();
  }
}

/** What an encode would be at another size: quality goes with the logarithm of the bytes. */
function atBytes(bytes: number, [one, other]: readonly [Encode, Encode]): PictureQuality {
  const share = Math.log(bytes / one.bytes) / Math.log(other.bytes / one.bytes);
  const between = (from: number, to: number) => from + share * (to - from);
  return {
    psnr: one.psnr.map((value, frame) => between(value, other.psnr[frame]!)),
    ssim: between(one.ssim, other.ssim),
  };
}

function figuresOf(ours: PictureQuality, anchor: PictureQuality, borders: readonly number[]): Figure[] {
  const anchorName = "one ffmpeg for the whole file, keyframes at the same places, equal bytes";
  const common = { unit: "dB", moreIsBetter: true, anchorName } as const;
  const psnrAt = (name: string, frames: readonly number[], target: number): Figure => {
    const of = ({ psnr }: PictureQuality) => [mean(frames.map((frame) => psnr[frame]!))];
    return { ...common, name: `720p, PSNR-Y of ${name}`, ours: of(ours), anchor: of(anchor), target };
  };
  const segments = borders.slice(1).map((end, index) => ({ first: borders[index]!, end }));
  const inEach = (pick: (first: number, end: number) => number) =>
    segments.flatMap(({ first, end }) => Array.from({ length: TOGETHER }, (_, k) => pick(first, end) + k));
  return [
    psnrAt("the whole rendition", [...ours.psnr.keys()], -0.1),
    {
      ...common,
      name: "720p, SSIM-Y of the whole rendition",
      ours: [ours.ssim],
      anchor: [anchor.ssim],
      target: -0.1,
    },
    psnrAt(
      `the first ${TOGETHER} frames of segments`,
      inEach((first) => first),
      -2,
    ),
    psnrAt(
      `the middle ${TOGETHER} frames of segments`,
      inEach((first, end) => (first + end - TOGETHER) >> 1),
      -2,
    ),
    psnrAt(
      `the last ${TOGETHER} frames of segments`,
      inEach((_, end) => end - TOGETHER),
      -2,
    ),
    psnrAt("the worst frame position in segments", worstPosition(ours, anchor, segments), -2),
  ];
}

/** The frames at that place within segments of full length where ours are the worst against the anchor's. */
function worstPosition(ours: PictureQuality, anchor: PictureQuality, segments: readonly Span[]): number[] {
  const longest = Math.max(...segments.map(({ first, end }) => end - first));
  const whole = segments.filter(({ first, end }) => end - first === longest);
  const positions = Array.from({ length: longest }, (_, position) =>
    whole.map(({ first }) => first + position),
  );
  const gain = (frames: readonly number[]) =>
    mean(frames.map((frame) => ours.psnr[frame]! - anchor.psnr[frame]!));
  return positions.reduce((worst, frames) => (gain(frames) < gain(worst) ? frames : worst));
}
