import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { RunOutputError, RunStalledError, RunTimeoutError, runProgram } from "../../worker/run-program.ts";

const calm = () => ({ signal: new AbortController().signal, timeoutMs: 20_000 });
const node = (script: string, ...args: string[]) => ["-e", script, ...args];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Children of this process that have ended and were not waited for. */
async function zombies(): Promise<string[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  const states = await Promise.all(
    children
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")),
  );
  return states.filter((stat) => / Z /.test(stat));
}

/** Starts a shell script that writes the ids of its processes to a file, and waits until it has. */
async function startScript(script: string, count: number, timeoutMs = 20_000) {
  const file = join(tmpdir(), `seamline-pids-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const controller = new AbortController();
  const ended = runProgram("bash", ["-c", script, "bash", file], { signal: controller.signal, timeoutMs });
  ended.catch(() => {});
  const pids = await vi.waitFor(async () => {
    const read = (await readFile(file, "utf8")).trim().split("\n").map(Number);
    expect(read).toHaveLength(count);
    return read;
  }, 10_000);
  return { controller, ended, pids, dispose: () => rm(file, { force: true }) };
}

const gone = (pids: readonly number[]) =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 30_000, interval: 20 });

describe("a program", () => {
  it("gets its arguments as they are, whatever they hold", async () => {
    const odd = [
      "a b",
      "it's",
      '"x"',
      "$HOME",
      "`id`",
      "$(id)",
      "a\nb",
      "🎬é",
      "-rf",
      "",
      "*",
      "~",
      "\\",
      "!",
      "a;b",
      "|",
      "\t",
      "{a,b}",
    ];
    const { stdout, exitCode } = await runProgram(
      process.execPath,
      node("process.stdout.write(JSON.stringify(process.argv.slice(1)))", "--", ...odd),
      calm(),
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it("writes to extra pipes, in their order, byte for byte and more than a pipe holds", async () => {
    const script = `
      const fs = require("node:fs");
      const all = (fd, bytes) => { for (let at = 0; at < bytes.length; ) { try { at += fs.writeSync(fd, bytes, at); } catch (e) { if (e.code !== "EAGAIN") throw e; } } };
      all(4, Buffer.alloc(1_000_000, 0xff)); all(3, Buffer.from([0, 255, 10, 13, 128])); all(1, Buffer.from("out"));`;
    const { pipes, stdout } = await runProgram(process.execPath, node(script), { ...calm(), pipes: 2 });
    expect(pipes.map(({ length }) => length)).toEqual([5, 1_000_000]);
    expect([...pipes[0]!]).toEqual([0, 255, 10, 13, 128]);
    expect(pipes[1]!.every((byte) => byte === 0xff)).toBe(true);
    expect(stdout).toBe("out");
  });

  it("that fails is a result: its exit code and the tail of what it said", async () => {
    const script = `for (let k = 0; k < 5000; k++) console.error("line " + k); process.exitCode = 3;`;
    const result = await runProgram(process.execPath, node(script), calm());
    expect(result.exitCode).toBe(3);
    expect(result.stderrTail).toMatch(/line 4999$/);
    expect(result.stderrTail.length).toBeLessThanOrEqual(2000);
  });

  it("that ends by a signal of its own has no exit code", async () => {
    expect((await runProgram("bash", ["-c", "kill -SEGV $$"], calm())).exitCode).toBeNull();
  });

  it("that is not there is exit code 127", async () => {
    expect((await runProgram("seamline-no-such-program", [], calm())).exitCode).toBe(127);
  });

  it("reads nothing from our standard input", async () => {
    expect((await runProgram("cat", [], calm())).stdout).toBe("");
  });

  it("that runs in the background has a low priority", async () => {
    const script = "process.stdout.write(String(require('node:os').getPriority()))";
    const own = await runProgram(process.execPath, node(script), calm());
    const low = await runProgram(process.execPath, node(script), { ...calm(), background: true });
    expect(Number(low.stdout)).toBeGreaterThan(Number(own.stdout));
  });
});

describe("an abort", () => {
  it("before the start starts nothing", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(runProgram("true", [], { signal, timeoutMs: 1000 })).rejects.toThrow("too late");
  });

  it("ends the program and its children and throws the signal's reason", async () => {
    const script = 'sleep 300 & echo $! > "$1.new"; echo $$ >> "$1.new"; mv "$1.new" "$1"; wait';
    const { controller, ended, pids, dispose } = await startScript(script, 2);
    expect(pids.every(isAlive)).toBe(true);
    controller.abort(new Error("the lease is lost"));
    await expect(ended).rejects.toThrow("the lease is lost");
    await gone(pids);
    expect(await zombies()).toEqual([]);
    await dispose();
  });

  it("kills a program that takes no notice of SIGTERM", async () => {
    const script = `trap '' TERM; (trap '' TERM; exec sleep 300) & echo $! > "$1.new"; echo $$ >> "$1.new"; mv "$1.new" "$1"; while :; do sleep 300; done`;
    const { controller, ended, pids, dispose } = await startScript(script, 2);
    const begun = performance.now();
    controller.abort(new Error("stop"));
    await expect(ended).rejects.toThrow("stop");
    expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
    await gone(pids);
    await dispose();
  });

  it("kills what the program left behind, though it closed its pipes and takes no notice of SIGTERM", async () => {
    const script = `(trap '' TERM; exec sleep 300 < /dev/null > /dev/null 2>&1) & echo $! > "$1.new"; mv "$1.new" "$1"; wait`;
    const { controller, ended, pids, dispose } = await startScript(script, 1);
    controller.abort(new Error("stop"));
    await expect(ended).rejects.toThrow("stop");
    try {
      await gone(pids);
    } finally {
      for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL");
    }
    await dispose();
  });

  it("doesn't wait for ever for a stranger that holds the program's pipes open", async () => {
    const script = `setsid sleep 300 & echo $! > "$1.new"; mv "$1.new" "$1"; wait`;
    const { controller, ended, pids, dispose } = await startScript(script, 1);
    controller.abort(new Error("stop"));
    await expect(ended).rejects.toThrow("stop");
    expect(pids.filter(isAlive)).toEqual(pids);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await dispose();
  });

  it("after the end changes nothing", async () => {
    const controller = new AbortController();
    const result = await runProgram("true", [], { signal: controller.signal, timeoutMs: 5000 });
    controller.abort(new Error("late"));
    expect(result.exitCode).toBe(0);
  });
});

describe("a time-out", () => {
  it("ends the program and says how long it had", async () => {
    const script = 'sleep 300 & echo $! > "$1.new"; echo $$ >> "$1.new"; mv "$1.new" "$1"; wait';
    const { ended, pids, dispose } = await startScript(script, 2, 1500);
    const error = await ended.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunTimeoutError);
    expect((error as Error).message).toContain("1500 ms");
    await gone(pids);
    expect(await zombies()).toEqual([]);
    await dispose();
  });
});

describe("a program that takes too much", () => {
  it.each([
    ["output", "yes"],
    ["errors", "yes >&2"],
    ["a pipe", "yes >&3"],
  ])("of %s is ended", async (_where, script) => {
    const options = { ...calm(), pipes: 1, maxOutputBytes: 1_000_000 };
    const error = await runProgram("bash", ["-c", script], options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RunOutputError);
    expect((error as Error).message).toContain("1000000 bytes");
    expect(await zombies()).toEqual([]);
  });

  it("memory doesn't get it, and this process is none the worse", async () => {
    const memory = ["-c", "head -c 300000000 /dev/zero | tail -c 300000000 | wc -c"];
    const little = await runProgram("bash", memory, { ...calm(), memoryBytes: 50_000_000 });
    expect(little.stdout.trim()).toBe("0");
    expect(little.stderrTail).toContain("memory exhausted");
    const enough = await runProgram("bash", memory, { ...calm(), memoryBytes: 2_000_000_000 });
    expect(enough.stdout.trim()).toBe("300000000");
  });

  it("memory may be FFmpeg", async () => {
    const encode = "-f lavfi -i testsrc2=size=1920x1080:duration=1 -c:v libx264 -f null -".split(" ");
    const little = await runProgram("ffmpeg", encode, { ...calm(), memoryBytes: 40_000_000 });
    expect(little.exitCode).not.toBe(0);
  });
});

describe("a program that stands still", () => {
  const stalled = (program: string, args: string[]) =>
    runProgram(program, args, { ...calm(), stallMs: 500 }).catch((reason: unknown) => reason);

  it("is ended, and the error says for how long it did nothing", async () => {
    const error = await stalled("sleep", ["300"]);
    expect(error).toBeInstanceOf(RunStalledError);
    expect((error as Error).message).toContain("500 ms");
    expect(await zombies()).toEqual([]);
  });

  it("may be a shell whose child does", async () => {
    expect(await stalled("bash", ["-c", "sleep 300; true"])).toBeInstanceOf(RunStalledError);
  });

  it.each([
    ["ffmpeg", ["-f", "null", "-"]],
    ["ffprobe", []],
  ])("may be %s that waits for a disk which doesn't answer", async (program, output) => {
    const folder = await mkdtemp(join(tmpdir(), "seamline-stall-"));
    const silent = join(folder, "silent");
    await promisify(execFile)("mkfifo", [silent]);
    const args = ["-v", "error", "-i", `file:${silent}`, ...output];
    expect(await stalled(program, args)).toBeInstanceOf(RunStalledError);
    await rm(folder, { recursive: true });
  });

  const busy = "for (const end = Date.now() + 2000; Date.now() < end; );";

  it("is not one that computes without a word", async () => {
    expect(await stalled(process.execPath, node(busy))).toMatchObject({ exitCode: 0 });
  });

  it("is not a shell whose child computes", async () => {
    const script = `"$0" -e "$1"; true`;
    expect(await stalled("bash", ["-c", script, process.execPath, busy])).toMatchObject({ exitCode: 0 });
  });
});
