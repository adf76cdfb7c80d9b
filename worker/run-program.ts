import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { $ } from "zx/core";
import type { ProgramEnd } from "../shared/telemetry.ts";
import { deathSignalPrefix } from "./death-signal.ts";
import { programMemoryBytes } from "./memory-bound.ts";
import { watchForStall } from "./stall-watch.ts";
import { report } from "./telemetry-scope.ts";

/** How to run one program. Every bound is required: nothing runs unattended. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** How long it may neither compute nor read anything; 10 s unless told. */
  readonly stallMs?: number;
  /** How much it may write, all in all; 256 MB unless told. It is kept in memory. */
  readonly maxOutputBytes?: number;
  /** How much memory of its own it may have; `programMemoryBytes` unless told. */
  readonly memoryBytes?: number;
  /** Extra pipes for the program to write to: file descriptors 3, 4, … */
  readonly pipes?: number;
  /** Runs at a low priority: it gives way to programs that somebody waits for. */
  readonly background?: boolean;
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The last lines, for the error message. */
  readonly stderrTail: string;
  /** What came through the extra pipes, in their order. */
  readonly pipes: readonly Buffer[];
}

export class RunTimeoutError extends Error {
  override readonly name: string = "RunTimeoutError";
}

/** It was given up early, since it did nothing at all. */
export class RunStalledError extends RunTimeoutError {
  override readonly name = "RunStalledError";
}

/** It was ended because it would not stop writing. */
export class RunOutputError extends Error {
  override readonly name = "RunOutputError";
  readonly bytes: number;

  constructor(bytes: number) {
    super(`it wrote more than ${bytes} bytes`);
    this.bytes = bytes;
  }
}

const STALL_MS = 10_000;
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;
const KILL_GRACE_MS = 500;
/** A process that the kernel can't end, or a pipe that a stranger holds open, is not waited for any longer. */
const ABANDON_MS = 5000;
const STDERR_TAIL = 2000;
const NICE = ["nice", "-n", "10"];

/**
 * Runs a program in a process group of its own and waits until it is gone. When the signal fires, the time
 * is up, the program stands still or writes too much, the whole group gets SIGTERM, then SIGKILL after a grace
 * period, and the call throws: the signal's reason, a RunTimeoutError, a RunStalledError or a RunOutputError.
 * An exit code other than 0 is a result, not an error. Should this process be killed, the kernel kills the
 * program. Its memory is bounded; what that doesn't let it have, it has to do without.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { signal, pipes = 0, background = false } = options;
  const deathSignal = await deathSignalPrefix();
  const memoryKib = Math.ceil((options.memoryBytes ?? (await programMemoryBytes())) / 1024);
  signal.throwIfAborted();
  const extra = Array.from({ length: pipes }, () => "pipe" as const);
  // `exec` replaces the shell, so that the group's leader is the program itself. Of memory it is private data
  // that is bounded: addresses are merely reserved, by the hundred megabytes a thread. A limit that cannot be
  // set is one that is stricter already.
  const running = $({
    stdio: ["ignore", "pipe", "pipe", ...extra],
    detached: true,
    nothrow: true,
    quiet: true,
  })`ulimit -d ${memoryKib} 2> /dev/null; exec ${deathSignal} ${background ? NICE : []} ${program} ${args}`;
  const { child } = running;
  if (!child) throw new Error("Programs are run through bash, which is not on the PATH: install it.");
  const begun = performance.now();
  const collected = Promise.all(child.stdio.slice(3).map((stream) => collect(stream as Readable)));
  const ending = endEarly(child, options);
  let end: ProgramEnd = "exited";
  try {
    const [output, pipeContents] = await Promise.race([Promise.all([running, collected]), ending.abandoned]);
    ending.throwIfEnded();
    return {
      exitCode: output.exitCode,
      stdout: output.stdout,
      stderrTail: output.stderr.slice(-STDERR_TAIL).trim(),
      pipes: pipeContents,
    };
  } catch (error) {
    end = endOf(error, signal);
    throw error;
  } finally {
    ending.dispose();
    report({ kind: "program-ended", program, end, ms: performance.now() - begun });
  }
}

function endOf(error: unknown, signal: AbortSignal): ProgramEnd {
  if (error instanceof RunStalledError) return "stalled";
  if (error instanceof RunTimeoutError) return "timeout";
  if (error instanceof RunOutputError) return "output";
  return error === signal.reason ? "cancelled" : "failed";
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Ends a program on each of the grounds there are, and lets go of one that can't be ended. */
function endEarly(child: ChildProcess, options: RunOptions) {
  const { signal, timeoutMs, stallMs = STALL_MS, maxOutputBytes = MAX_OUTPUT_BYTES } = options;
  const { pid } = child;
  let cause: unknown;
  let killTimer: NodeJS.Timeout | undefined;
  let abandonTimer: NodeJS.Timeout | undefined;
  let abandon = (_cause: unknown) => {};
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  const end = (reason: unknown) => {
    if (cause !== undefined) return;
    cause = reason;
    signalGroup(pid, "SIGTERM");
    killTimer = setTimeout(() => signalGroup(pid, "SIGKILL"), KILL_GRACE_MS);
    abandonTimer = setTimeout(() => {
      letGo(child);
      abandon(cause);
    }, KILL_GRACE_MS + ABANDON_MS);
  };
  const onAbort = () => end(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let outputBytes = 0;
  const count = (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > maxOutputBytes) end(new RunOutputError(maxOutputBytes));
  };
  const outputs = child.stdio.slice(1) as Readable[];
  for (const output of outputs) output.on("data", count);
  const timer = setTimeout(() => end(new RunTimeoutError(`no end after ${timeoutMs} ms`)), timeoutMs);
  const stall = () => end(new RunStalledError(`it neither computed nor read anything for ${stallMs} ms`));
  const stallWatch = pid === undefined ? undefined : watchForStall(pid, stallMs, stall);
  return {
    /** Rejects with the cause when the program is still not gone a while after it was killed. */
    abandoned,
    throwIfEnded() {
      if (cause !== undefined) throw cause;
    },
    dispose() {
      // A grandchild may have ignored the first signal and outlived the group's leader.
      if (cause !== undefined) signalGroup(pid, "SIGKILL");
      for (const pending of [timer, killTimer, abandonTimer]) clearTimeout(pending);
      stallWatch?.dispose();
      signal.removeEventListener("abort", onAbort);
    },
  };
}

/** Nothing of it keeps this process alive or its memory any more. */
function letGo(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    // ESRCH: the group is gone already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
