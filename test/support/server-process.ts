import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface ServerProcess {
  /** Ends in `/`. */
  readonly url: string;
  readonly pid: number;
  readonly storageDir: string;
  /** Sends SIGTERM and waits; the exit code. */
  stop(): Promise<number | null>;
}

export interface ProcessOptions {
  /** Runs as this user. */
  readonly uid?: number;
  readonly gid?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The built program in a process of its own, as users run it, over an empty storage folder. */
export async function startProcess(mediaDir: string, options: ProcessOptions = {}): Promise<ServerProcess> {
  const { environment, ...user } = options;
  const storageDir = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  if (user.uid !== undefined) await chown(storageDir, user.uid, user.gid ?? user.uid);
  const args = [MAIN, "serve", mediaDir, "--port", "0", "--host", "127.0.0.1", "--storage-dir", storageDir];
  const env = { ...process.env, LOG_LEVEL: "error", ...environment };
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env,
    cwd: tmpdir(),
    ...user,
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const started = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const [line] = await Promise.race([
    started,
    exited.then(([code]) =>
      Promise.reject(new Error(`the server ended at its start with exit code ${code}`)),
    ),
  ]);
  return {
    url: `${/http:\S+/.exec(line!)![0].replace("localhost", "127.0.0.1")}`,
    pid: child.pid!,
    storageDir,
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      await rm(storageDir, { recursive: true, force: true });
      return code;
    },
  };
}
