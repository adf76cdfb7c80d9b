import { spawn } from "node:child_process";

export interface ProgramOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a program to its end, `input` on its stdin; rejects with the tail of stderr unless it exits with 0.
 * @param timeoutMs after which it is ended; 0 waits for ever.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  input?: Uint8Array,
  timeoutMs = 0,
): Promise<ProgramOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], timeout: timeoutMs });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A program may close its stdin early; its exit code tells whether that was a failure.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const messages = Buffer.concat(stderr).toString();
      if (code === 0) return resolve({ stdout: Buffer.concat(stdout), stderr: messages });
      reject(
        new Error(`${program} ${args.join(" ")}\nended with ${signal ?? code}: ${messages.slice(-2000)}`),
      );
    });
  });
}
