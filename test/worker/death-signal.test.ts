import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { childrenOf, isRunning, programOf } from "../support/processes.ts";

const RUN_PROGRAM = new URL("../../dist/worker/run-program.js", import.meta.url).href;
const OUTPUT = { ffmpeg: ["-f", "null", "-"], ffprobe: [] };

let folder: string;
let parent: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-death-"));
});
afterEach(async () => {
  parent?.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that runs a program as a worker does. */
function runInAnother(program: string, args: readonly string[], path = process.env.PATH): ChildProcess {
  const script = `
    import { runProgram } from ${JSON.stringify(RUN_PROGRAM)};
    const [program, ...args] = process.argv.slice(1);
    await runProgram(program, args, { signal: new AbortController().signal, timeoutMs: 60_000 });`;
  const nodeArgs = ["--input-type=module", "-e", script, "--", program, ...args];
  const env = { ...process.env, PATH: path };
  parent = spawn(process.execPath, nodeArgs, { stdio: ["ignore", "ignore", "inherit"], env });
  return parent;
}

async function childThatRuns(pid: number, program: string): Promise<number> {
  let found: number | undefined;
  const find = async () => {
    const children = await childrenOf(pid);
    const names = await Promise.all(children.map(programOf));
    found = children[names.indexOf(program)];
    return found;
  };
  await expect.poll(find, { timeout: 120_000, interval: 5 }).toBeDefined();
  return found!;
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  await once(process, "exit");
}

const gone = (pid: number) =>
  expect.poll(() => isRunning(pid), { timeout: 30_000, interval: 10 }).toBe(false);

it.each(["ffmpeg", "ffprobe"] as const)(
  "%s ends when the process that runs it is killed",
  async (program) => {
    // Nobody ever writes to it.
    const silent = join(folder, "silent");
    await promisify(execFile)("mkfifo", [silent]);
    const worker = runInAnother(program, ["-v", "error", "-i", `file:${silent}`, ...OUTPUT[program]]);
    const pid = await childThatRuns(worker.pid!, program);
    await kill(worker);
    await gone(pid);
  },
);

it("a program doesn't begin when the process that runs it is killed while it starts", async () => {
  // The start takes long enough to be killed in the middle of it.
  await writeProgram("setpriv", `PATH="\${PATH#*:}"\nsleep 0.5\nexec setpriv "$@"`);
  await writeProgram("begun", "exec sleep 60");
  const worker = runInAnother(join(folder, "begun"), [], [folder, process.env.PATH].join(delimiter));
  // The first one only tries whether it works; the shell that became the second one leads a group.
  const pid = await childThatRuns(worker.pid!, "setpriv");
  let second = pid;
  const findSecond = async () => {
    [second = pid] = await childrenOf(worker.pid!);
    return second !== pid && (await programOf(second)) === "setpriv";
  };
  await expect.poll(findSecond, { timeout: 120_000, interval: 5 }).toBe(true);
  await kill(worker);
  await gone(second);
});

async function writeProgram(name: string, script: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}
