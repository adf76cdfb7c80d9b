import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openHandles, reportingOptions } from "./open-handles.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** How long a program may take to end. Only one that is never going to takes so long. */
const STOP_MS = 60_000;

export interface ServerProcess {
  /** Ends in `/`. */
  readonly url: string;
  readonly pid: number;
  readonly storageDir: string;
  /** What it has written to standard error: its log, an event a line. */
  readonly log: readonly string[];
  /** Settles when it has ended, of whatever; the exit code. */
  readonly ended: Promise<number | null>;
  /** Sends SIGTERM, or another signal, and waits; the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  /** Runs as this user. */
  readonly uid?: number;
  readonly gid?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built program in a process of its own, as users run it, over an empty storage folder. */
export async function startProcess(mediaDir: string, options: ProcessOptions = {}): Promise<ServerProcess> {
  const storageDir = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  if (options.uid !== undefined) await chown(storageDir, options.uid, options.gid ?? options.uid);
  const running = await startProgram("serve", mediaDir, storageDir, options);
  return {
    ...running,
    async stop() {
      const code = await running.stop();
      await rm(storageDir, { recursive: true, force: true });
      return code;
    },
  };
}

/** A command of the program over a storage folder that it may share, and that stays. */
export async function startProgram(
  command: "serve" | "worker" | "gateway",
  mediaDir: string,
  storageDir: string,
  { environment, ...user }: ProcessOptions = {},
): Promise<ServerProcess> {
  const folder = command === "gateway" ? [] : [mediaDir];
  const args = [MAIN, command, ...folder, "--port", "0", "--host", "127.0.0.1", "--storage-dir", storageDir];
  const env = { ...process.env, LOG_LEVEL: "error", ...environment };
  const child = spawn(process.execPath, [...reportingOptions(), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
    cwd: tmpdir(),
    ...user,
  });
  const log: string[] = [];
  createInterface(child.stderr).on("line", (text) => {
    log.push(text);
    if (!/"level":[1-4]0,/.test(text)) process.stderr.write(`${text}\n`);
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const started = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const [line] = await Promise.race([
    started,
    exited.then(([code]) =>
      Promise.reject(new Error(`the program ended at its start with exit code ${code}`)),
    ),
  ]);
  return {
    url: /http:\/\/[^/]+\//.exec(line!)![0].replace("localhost", "127.0.0.1"),
    pid: child.pid!,
    storageDir,
    log,
    ended: exited.then(([code]) => code),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      let late: NodeJS.Timeout | undefined;
      const isLate = new Promise<"late">((resolve) => {
        late = setTimeout(resolve, STOP_MS, "late");
      });
      const end = await Promise.race([exited, isLate]).finally(() => clearTimeout(late));
      if (end !== "late") return end[0];
      const handles = await openHandles(child.pid!).finally(() => child.kill("SIGKILL"));
      const tail = log.slice(-20).join("\n");
      throw new Error(`the ${command} has not ended ${STOP_MS} ms after ${signal}:\n${handles}\n${tail}`);
    },
  };
}
