import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import type { BenchSource } from "./bench-source.ts";
import type { Figure } from "./figure.ts";
import { runTool } from "./run-tool.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";

/** CPU of the server and its encoders while a viewer plays a rendition through, against one whole-file FFmpeg. */
export async function renditionCpuFigure(
  name: string,
  source: BenchSource,
  { runs, target }: { readonly runs: number; readonly target: number },
): Promise<Figure> {
  const ours: number[] = [];
  const anchor: number[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(await playThrough(source));
    anchor.push((await runTool("ffmpeg", bareFfmpegArgs(source.path))).cpuSeconds);
  }
  return {
    name,
    unit: "s CPU",
    ours,
    anchor,
    target,
    anchorName: "one ffmpeg for the whole file, the same settings",
  };
}

async function playThrough(source: BenchSource): Promise<number> {
  const server = await startSeamline(source.folder);
  try {
    const segments = await readSegments(await mediaPlaylistUrl(server, source.name, "v720"));
    const before = await server.cpuSeconds();
    for (const { url } of segments) await (await fetch(url)).arrayBuffer();
    return (await server.cpuSeconds()) - before;
  } finally {
    await server.stop();
  }
}
