import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  /** What it has written to standard output and standard error so far. */
  output(): string;
  /** Resolves once a line of its output matches; rejects when it ends before. */
  until(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<CommandResult>;
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the built program as a user would. */
export function startSeamline(
  args: readonly string[],
  { environment, cwd = tmpdir() }: CommandOptions = {},
): RunningCommand {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    cwd,
  });
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const hear = (take: (text: string) => void) => (chunk: Buffer) => {
    take(chunk.toString());
    for (const listener of listeners) listener();
  };
  child.stdout.on(
    "data",
    hear((text) => {
      stdout += text;
    }),
  );
  child.stderr.on(
    "data",
    hear((text) => {
      stderr += text;
    }),
  );
  const ended = (once(child, "close") as Promise<[number | null]>).then(([exitCode]) => ({
    exitCode,
    stdout,
    stderr,
  }));
  const output = () => stdout + stderr;
  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output());
        if (match) resolve(match[0]);
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`it ended without ${pattern}:\n${output()}`)));
    });
  return { pid: child.pid!, output, until, kill: (signal) => void child.kill(signal), ended };
}

/** Runs the built program to its end. */
export function runSeamline(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return startSeamline(args, options).ended;
}
