import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { benchSource, type GopLength } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { playThrough } from "./play-through.ts";
import { runTool } from "./run-tool.ts";

/** Enough to keep two workers busy. */
const IN_FLIGHT = 4;

/** From the master playlist to the last byte of a rendition, for a player that waits for nothing. */
export async function renditionWallFigures({ smoke }: Extent): Promise<Figure[]> {
  const figure = async (gopLength: GopLength): Promise<Figure> => {
    const source = await benchSource(smoke, gopLength);
    const height = Math.min(720, source.height);
    const values = await interleave(smoke ? 1 : 3, {
      ours: async () => (await playThrough(source, `v${height}`, IN_FLIGHT)).wallMs,
      anchor: async () => (await runTool("ffmpeg", bareFfmpegArgs(source.path, { height }))).wallMs,
    });
    const name = `wall time of a whole 720p rendition, ${gopLength} GOPs`;
    const anchorName = "one ffmpeg of two encoder threads for the whole file, the same settings";
    return { name, unit: "ms wall", ...values, target: 1.05, anchorName };
  };
  return [await figure("10 s"), await figure("2 s")];
}
