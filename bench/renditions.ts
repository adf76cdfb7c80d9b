import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { benchSource, type GopLength } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { makeAhead, planFilm } from "./make-ahead.ts";
import { playThrough } from "./play-through.ts";
import { runTool, type ToolTimes } from "./run-tool.ts";

/** Enough to keep two workers busy. */
const IN_FLIGHT = 4;
const WALL_TARGET = 1.05;

/**
 * A whole rendition by two encodes at a time, against one FFmpeg for the whole file: made ahead of its viewers, and
 * asked for by a player that takes all it can get, one segment after the other or several at once.
 */
export async function renditionFigures({ smoke }: Extent): Promise<Figure[]> {
  const figuresOf = async (height: number, gopLength: GopLength, cpuTarget: number): Promise<Figure[]> => {
    const source = await benchSource(smoke, gopLength);
    const made = Math.min(height, source.height);
    const title = await planFilm(source);
    const rendition = title.video.find(({ id }) => id === `v${made}`)!;
    const times = await interleave(smoke ? 1 : 3, {
      ahead: () => makeAhead(source, title, [rendition]),
      inTurn: () => playThrough(source, rendition.id, 1),
      atOnce: () => playThrough(source, rendition.id, IN_FLIGHT),
      anchor: () => runTool("ffmpeg", bareFfmpegArgs(source.path, { height: made })),
    });
    const what = `of a whole ${height}p rendition, ${gopLength} GOPs`;
    const anchorName = "one ffmpeg for the whole file, two encoder threads, the same settings";
    const cpu = (how: string, ours: readonly ToolTimes[]): Figure => ({
      name: `CPU ${what}, ${how}`,
      ...{ unit: "s CPU", ours: ours.map(cpuSeconds), anchor: times.anchor.map(cpuSeconds) },
      ...{ target: cpuTarget, anchorName },
    });
    const wall = (how: string, ours: readonly ToolTimes[]): Figure => ({
      name: `wall time ${what}, ${how}`,
      ...{ unit: "ms wall", ours: ours.map(wallMs), anchor: times.anchor.map(wallMs) },
      ...{ target: WALL_TARGET, anchorName },
    });
    return [
      cpu("made ahead", times.ahead),
      cpu("asked for in turn", times.inTurn),
      wall("made ahead", times.ahead),
      wall(`asked for ${IN_FLIGHT} at a time`, times.atOnce),
    ];
  };
  return [
    ...(await figuresOf(720, "10 s", 1)),
    ...(await figuresOf(720, "2 s", 1.08)),
    ...(await figuresOf(360, "2 s", 1.15)),
  ];
}

function cpuSeconds({ cpuSeconds }: ToolTimes): number {
  return cpuSeconds;
}

function wallMs({ wallMs }: ToolTimes): number {
  return wallMs;
}
