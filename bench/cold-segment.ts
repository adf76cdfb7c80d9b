import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import type { BenchSource } from "./bench-source.ts";
import type { Figure } from "./figure.ts";
import { runTool } from "./run-tool.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";

export interface ColdSegmentOptions {
  readonly at: "start" | "middle";
  readonly runs: number;
  readonly target: number;
}

/** From the request for a segment that nobody has made to its last byte, on a title whose playlist is open. */
export async function coldSegmentFigure(
  name: string,
  source: BenchSource,
  { at, runs, target }: ColdSegmentOptions,
): Promise<Figure> {
  const ours: number[] = [];
  const anchor: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { wallMs, segment } = await serveColdSegment(source, at);
    ours.push(wallMs);
    anchor.push((await runTool("ffmpeg", bareFfmpegArgs(source.path, segment))).wallMs);
  }
  return {
    name,
    unit: "ms wall",
    ours,
    anchor,
    target,
    anchorName: "ffmpeg -ss … -t …, the same scaler and encoder settings",
  };
}

/** The server is gone, and its look-ahead with it, before the anchor runs. */
async function serveColdSegment(source: BenchSource, at: ColdSegmentOptions["at"]) {
  const server = await startSeamline(source.folder);
  try {
    const segments = await readSegments(await mediaPlaylistUrl(server, source.name, "v720"));
    const segment = segments[at === "start" ? 0 : segments.length >> 1]!;
    const begun = performance.now();
    await (await fetch(segment.url)).arrayBuffer();
    return { wallMs: performance.now() - begun, segment };
  } finally {
    await server.stop();
  }
}
