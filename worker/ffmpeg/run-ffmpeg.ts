import { FaultError } from "../../shared/fault.ts";
import { RunStalledError, RunTimeoutError, runProgram } from "../run-program.ts";

/** An encode that takes longer than this for a few seconds of film, busy as it may be, leads nowhere. */
const ENCODE_TIMEOUT_MS = 120_000;

export interface FfmpegRun {
  /** One buffer for each output pipe. Never trust them before they are checked: FFmpeg exits with 0 on half a file. */
  readonly outputs: readonly Buffer[];
  readonly stderrTail: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

/** How an encode runs, as far as that is not the bytes' business. */
export interface EncodePolicy {
  readonly signal: AbortSignal;
  /** Nobody waits for it yet. */
  readonly background: boolean;
  /** When all tries at one segment must be over, as `performance.now()` counts. */
  readonly deadline?: number;
  /** How long one FFmpeg may take; two minutes unless told. */
  readonly timeoutMs?: number;
  /** How much of one FFmpeg's output is kept: see `RunOptions`. */
  readonly maxOutputBytes?: number;
}

/** @param pipes how many outputs the arguments write to. */
export async function runFfmpeg(
  args: readonly string[],
  pipes: number,
  policy: EncodePolicy,
): Promise<FfmpegRun> {
  const left = (policy.deadline ?? Number.POSITIVE_INFINITY) - performance.now();
  const timeoutMs = Math.max(1, Math.min(policy.timeoutMs ?? ENCODE_TIMEOUT_MS, left));
  try {
    const result = await runProgram("ffmpeg", args, { ...policy, timeoutMs, pipes });
    if (result.exitCode === 127) {
      throw new FaultError("encode-failed", "FFmpeg is not installed, or not on the PATH.");
    }
    const { pipes: outputs, stderrTail, exitCode } = result;
    return { outputs, stderrTail, exitCode };
  } catch (error) {
    if (!(error instanceof RunTimeoutError) || error instanceof RunStalledError) throw error;
    throw new FaultError("encode-timeout", "FFmpeg did not finish a segment in time.", { cause: error });
  }
}
