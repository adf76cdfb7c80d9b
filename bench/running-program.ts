import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Linux counts process times in hundredths of a second for every program (USER_HZ). */
const TICKS_PER_SECOND = 100;
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export interface RunningProgram {
  /** The line by which it said that it is ready. */
  readonly line: string;
  /** CPU used so far by it and every program that it has run to its end, seconds. */
  cpuSeconds(): Promise<number>;
  /** What it has in memory now, bytes. */
  residentBytes(): Promise<number>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** What the line holds that says it is ready, on standard output or standard error. */
  readonly ready: RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program and waits until it says that it is ready. */
export async function startProgram(
  program: string,
  args: readonly string[],
  { ready, env = {} }: StartOptions,
): Promise<RunningProgram> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const said: string[] = [];
  const exited = once(child, "exit");
  const started = new Promise<string>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on("line", (line) => {
        said.push(line);
        said.splice(0, said.length - 20);
        if (ready.test(line)) resolve(line);
      });
    }
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended at its start:\n${said.join("\n")}`)));
  });
  return {
    line: await started,
    async cpuSeconds() {
      const status = await readFile(`/proc/${child.pid}/stat`, "utf8");
      // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; the name before them may hold spaces.
      const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
      const ticks = fields.slice(11, 15).map(Number);
      return ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
    },
    async residentBytes() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Has what a figure is measured with installed, where it isn't there. @param packages `CHECK=PACKAGE` each. */
export async function installPackages(...packages: string[]): Promise<void> {
  await promisify(execFile)(`${ROOT}script/install-packages`, packages);
}
