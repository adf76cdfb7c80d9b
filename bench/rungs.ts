import type { Rung } from "../shared/media/ladder.ts";
import { benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { makeAhead, planFilm } from "./make-ahead.ts";
import { runTool } from "./run-tool.ts";

/** CPU of workers and their encoders that make all of a title ahead, against one whole-file FFmpeg a rung. */
export async function rungsFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke);
  const title = await planFilm(source);
  const renditions = smoke ? title.video.slice(0, 2) : title.video;
  const values = await interleave(smoke ? 1 : 3, {
    ours: async () => (await makeAhead(source, title, renditions)).cpuSeconds,
    anchor: async () => {
      let cpuSeconds = 0;
      for (const { rung } of renditions)
        cpuSeconds += (await runTool("ffmpeg", wholeRungArgs(source.path, rung))).cpuSeconds;
      return cpuSeconds;
    },
  });
  return [
    {
      name: "CPU of all rungs of a title, pre-encoded",
      unit: "s CPU",
      ...values,
      target: 0.8,
      anchorName: "one ffmpeg a rung for the whole file, the same settings",
    },
  ];
}

/** What one would type to make a rung of a film as fragmented MP4. */
function wholeRungArgs(source: string, { width, height, level }: Rung): string[] {
  const scale = `scale=${width}:${height}:flags=bicubic+accurate_rnd+bitexact+full_chroma_int`;
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"];
  const pinned = ["-level:v", (level / 10).toFixed(1), "-threads:v", "2", "-bf", "3"];
  const muxer = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"];
  const picture = ["-vf", `${scale},format=yuv420p`, "-an", "-sn"];
  return ["-nostdin", "-v", "error", "-i", source, ...picture, ...encoder, ...pinned, ...muxer];
}
