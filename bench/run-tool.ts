import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface ToolTimes {
  readonly wallMs: number;
  /** User and system time of the program, seconds. */
  readonly cpuSeconds: number;
}

/** Runs a program to its end and takes its times, as the shell that started it accounts for them. */
export async function runTool(program: string, args: readonly string[]): Promise<ToolTimes> {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&3';
  const begun = performance.now();
  const { stderr } = await run("bash", ["-c", `exec 3>/dev/null; ${script}`, "bench", program, ...args]);
  const wallMs = performance.now() - begun;
  const [user, system] = stderr.trim().split(/\s+/).map(Number);
  return { wallMs, cpuSeconds: user! + system! };
}
