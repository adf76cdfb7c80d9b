import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { type BenchSource, benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { runTool } from "./run-tool.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";

/** CPU of the server and its encoders while a viewer plays a rendition through, against one whole-file FFmpeg. */
export async function renditionCpuFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke);
  const values = await interleave(smoke ? 1 : 3, {
    ours: () => playThrough(source),
    anchor: async () => (await runTool("ffmpeg", bareFfmpegArgs(source.path))).cpuSeconds,
  });
  return [
    {
      name: "CPU of a whole 720p rendition, 2 s GOPs",
      unit: "s CPU",
      ...values,
      target: 1.08,
      anchorName: "one ffmpeg for the whole file, the same settings",
    },
  ];
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
