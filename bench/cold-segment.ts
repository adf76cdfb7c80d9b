import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { type BenchSource, benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { runTool } from "./run-tool.ts";
import { mediaPlaylistUrl, readSegments, startSeamline } from "./seamline-process.ts";

/** From the request for a segment that nobody has made to its last byte, on a title whose playlist is open. */
export async function coldFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke);
  const figure = async (name: string, at: "start" | "middle"): Promise<Figure> => {
    let segment: { start: number; seconds: number } | undefined;
    const ours = async () => {
      const served = await serveColdSegment(source, at);
      segment = served.segment;
      return served.wallMs;
    };
    // The server is gone, and its look-ahead with it, before the anchor runs.
    const anchor = async () => {
      segment ??= (await serveColdSegment(source, at)).segment;
      return (
        await runTool("ffmpeg", bareFfmpegArgs(source.path, { height: rungHeight(source), part: segment }))
      ).wallMs;
    };
    const values = await interleave(smoke ? 1 : 7, { ours, anchor });
    const anchorName = "ffmpeg -ss … -t …, the same scaler and encoder settings";
    return { name, unit: "ms wall", ...values, target: 1.1, anchorName };
  };
  return [
    await figure("cold first segment, 720p", "start"),
    await figure("cold segment after a seek to the middle, 720p", "middle"),
  ];
}

async function serveColdSegment(source: BenchSource, at: "start" | "middle") {
  const server = await startSeamline(source.folder);
  try {
    const segments = await readSegments(
      await mediaPlaylistUrl(server, source.name, `v${rungHeight(source)}`),
    );
    const segment = segments[at === "start" ? 0 : segments.length >> 1]!;
    const begun = performance.now();
    await (await fetch(segment.url)).arrayBuffer();
    return { wallMs: performance.now() - begun, segment };
  } finally {
    await server.stop();
  }
}

function rungHeight({ height }: BenchSource): number {
  return Math.min(720, height);
}
