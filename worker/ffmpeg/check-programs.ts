import { runProgram } from "../run-program.ts";

const PROGRAMS = ["ffmpeg", "ffprobe"] as const;
/** Older ones lack options that the recipes need. */
const OLDEST_MAJOR = 5;

/** Sees that FFmpeg is there and new enough; throws a sentence for the operator where it isn't. */
export async function checkPrograms(signal: AbortSignal): Promise<void> {
  for (const program of PROGRAMS) {
    const { exitCode, stdout } = await runProgram(program, ["-version"], { signal, timeoutMs: 10_000 });
    if (exitCode !== 0) throw new Error(`${program} is not installed, or not on the PATH: install FFmpeg.`);
    // A build from a development branch has a revision instead of a number: it is newer.
    const major = /^\S+ version n?(\d+)\.\d+/.exec(stdout)?.[1];
    if (major && Number(major) < OLDEST_MAJOR) {
      throw new Error(`${program} is version ${major}: install FFmpeg ${OLDEST_MAJOR} or later.`);
    }
    // Films in other colours than BT.709 are converted by it, and each worker must make the same of them.
    if (program === "ffmpeg" && /^configuration:/m.test(stdout) && !stdout.includes("--enable-libzimg")) {
      throw new Error("ffmpeg is built without zimg: install one that was configured with --enable-libzimg.");
    }
  }
}
