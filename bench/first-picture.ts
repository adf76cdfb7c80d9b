import { bareFfmpegArgs } from "./bare-ffmpeg.ts";
import { type BenchSource, benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { fetchWhole } from "./play-through.ts";
import { runTool } from "./run-tool.ts";
import { readMediaPlaylist, startSeamline } from "./seamline-process.ts";

/** From the request for the master playlist of a film that nobody has asked for to the end of the first segment. */
export async function firstPictureFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke);
  let opened: Opened | undefined;
  const ours = async () => {
    opened = await openTitle(source);
    return opened.wallMs;
  };
  const anchor = async () => {
    const { height, seconds } = opened ?? (await openTitle(source));
    return (await runTool("ffmpeg", bareFfmpegArgs(source.path, { height, part: { start: 0, seconds } })))
      .wallMs;
  };
  const values = await interleave(smoke ? 1 : 7, { ours, anchor });
  const anchorName = "ffmpeg -t 1, the same scaler and encoder settings";
  return [{ name: "master playlist to first picture", unit: "ms wall", ...values, target: 1.3, anchorName }];
}

interface Opened {
  readonly wallMs: number;
  /** Of the rung that a player begins with. */
  readonly height: number;
  /** Of the first segment. */
  readonly seconds: number;
}

/** What a player such as hls.js does before it shows anything; the server knows nothing yet. */
async function openTitle(source: BenchSource): Promise<Opened> {
  const server = await startSeamline(source.folder);
  try {
    const begun = performance.now();
    const masterUrl = `${server.url}/hls/${encodeURIComponent(source.name)}/master.m3u8`;
    const master = (await fetchWhole(masterUrl)).toString();
    const [, height, uri] = /#EXT-X-STREAM-INF:.*RESOLUTION=\d+x(\d+).*\n(.+)/.exec(master)!;
    const { initUrl, segments } = await readMediaPlaylist(new URL(uri!, masterUrl).href);
    const [first] = segments;
    await Promise.all([fetchWhole(initUrl), fetchWhole(first!.url)]);
    return { wallMs: performance.now() - begun, height: Number(height), seconds: first!.seconds };
  } finally {
    await server.stop();
  }
}
