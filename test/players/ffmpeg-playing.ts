import { runProgram } from "../support/run-program.ts";

/** What stands still for so long on a busy machine is stuck. */
const TIMEOUT_MS = 240_000;

/** What came out of FFmpeg, in ticks of the streams: 1 a frame, 1 a sample. */
export interface FfmpegPlaying {
  readonly pictures: readonly FrameLine[];
  readonly sound: readonly FrameLine[];
  /** Samples in a second; 0 without sound. */
  readonly soundRate: number;
  /** Whatever FFmpeg warned of: nothing, if all is well. */
  readonly complaints: string;
}

interface FrameLine {
  readonly stream: number;
  readonly pts: number;
  readonly duration: number;
}

/** Plays the first picture and the first sound of a multivariant playlist to the end. */
export async function playInFfmpeg(
  playlist: string,
  kinds: readonly ("video" | "audio")[],
): Promise<FfmpegPlaying> {
  const { stdout, stderr } = await runProgram(
    "ffmpeg",
    [
      ...["-nostdin", "-hide_banner", "-nostats", "-v", "warning", "-i", playlist],
      ...kinds.flatMap((kind) => ["-map", `0:${kind[0]}:0`]),
      ...["-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"],
    ],
    undefined,
    TIMEOUT_MS,
  );
  const played = readFrameLines(stdout.toString());
  const of = (kind: "video" | "audio") => played.filter(({ stream }) => stream === kinds.indexOf(kind));
  const soundRate = Number(/^#sample_rate \d+: (\d+)$/m.exec(stdout.toString())?.[1] ?? 0);
  return {
    pictures: of("video"),
    sound: of("audio"),
    soundRate,
    complaints: withoutItsLimits(stderr.toString()),
  };
}

/** FFmpeg's own reader of HLS takes no subtitles, and says so of each track. */
function withoutItsLimits(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => !line.includes("Can't support the subtitle"))
    .join("\n");
}

/** The lines of FFmpeg's framecrc muxer: stream, dts, pts, duration, size, checksum. */
function readFrameLines(output: string): FrameLine[] {
  return output
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(",").map(Number))
    .map(([stream, , pts, duration]) => ({ stream: stream!, pts: pts!, duration: duration! }));
}
