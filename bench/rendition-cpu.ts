import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { benchSource, type GopLength } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { playThrough } from "./play-through.ts";
import { runTool } from "./run-tool.ts";

/** CPU of the server and its encoders while a viewer plays a rendition through, against one whole-file FFmpeg. */
export async function renditionCpuFigures({ smoke }: Extent): Promise<Figure[]> {
  const figure = async (height: number, gopLength: GopLength, target: number): Promise<Figure> => {
    const source = await benchSource(smoke, gopLength);
    const made = Math.min(height, source.height);
    const values = await interleave(smoke ? 1 : 3, {
      ours: async () => (await playThrough(source, `v${made}`, 1)).cpuSeconds,
      anchor: async () => (await runTool("ffmpeg", bareFfmpegArgs(source.path, { height: made }))).cpuSeconds,
    });
    const name = `CPU of a whole ${height}p rendition, ${gopLength} GOPs`;
    const anchorName = "one ffmpeg for the whole file, the same settings";
    return { name, unit: "s CPU", ...values, target, anchorName };
  };
  return [await figure(720, "10 s", 1), await figure(720, "2 s", 1.08), await figure(360, "2 s", 1.15)];
}
