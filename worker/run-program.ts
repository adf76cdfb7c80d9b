import type { Readable } from "node:stream";
import { $ } from "zx";

/** How to run one program. Every bound is required: nothing runs unattended. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
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
  override readonly name = "RunTimeoutError";
}

const KILL_GRACE_MS = 500;
const STDERR_TAIL = 2000;
const NICE = ["nice", "-n", "10"];

/**
 * Runs a program in a process group of its own and waits until it is gone. When the signal fires or the
 * time is up, the whole group gets SIGTERM, then SIGKILL after a grace period, and the call throws: the
 * signal's reason or a RunTimeoutError. An exit code other than 0 is a result, not an error.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { signal, timeoutMs, pipes = 0, background = false }: RunOptions,
): Promise<RunResult> {
  signal.throwIfAborted();
  const extra = Array.from({ length: pipes }, () => "pipe" as const);
  // `exec` replaces the shell, so that the group's leader is the program itself.
  const running = $({
    stdio: ["ignore", "pipe", "pipe", ...extra],
    detached: true,
    nothrow: true,
    quiet: true,
  })`exec ${background ? NICE : []} ${program} ${args}`;
  const { child } = running;
  if (!child) throw new Error("Programs are run through bash, which is not on the PATH: install it.");
  const collected = child.stdio.slice(3).map((stream) => collect(stream as Readable));
  const ending = endOnAbort(child.pid, signal, timeoutMs);
  try {
    const output = await running;
    const pipeContents = await Promise.all(collected);
    ending.throwIfEnded();
    return {
      exitCode: output.exitCode,
      stdout: output.stdout,
      stderrTail: output.stderr.slice(-STDERR_TAIL).trim(),
      pipes: pipeContents,
    };
  } finally {
    ending.dispose();
  }
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function endOnAbort(pid: number | undefined, signal: AbortSignal, timeoutMs: number) {
  let cause: unknown;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (reason: unknown) => {
    if (cause !== undefined) return;
    cause = reason;
    signalGroup(pid, "SIGTERM");
    killTimer = setTimeout(() => signalGroup(pid, "SIGKILL"), KILL_GRACE_MS);
  };
  const onAbort = () => end(signal.reason);
  const timer = setTimeout(() => end(new RunTimeoutError(`no end after ${timeoutMs} ms`)), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    throwIfEnded() {
      if (cause !== undefined) throw cause;
    },
    dispose() {
      // A grandchild may have ignored the first signal and outlived the group's leader.
      if (cause !== undefined) signalGroup(pid, "SIGKILL");
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal.removeEventListener("abort", onAbort);
    },
  };
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
