import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DiskCalls, DiskTimeoutError } from "../../../shared/node/disk-calls.ts";

let folder: string;
let silent: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-disk-"));
  // To open a pipe that nobody writes to takes a thread for as long as a mount that is away does.
  silent = join(folder, "silent");
  await promisify(execFile)("mkfifo", [silent]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openSilent = async () => void (await (await open(silent, "r")).close());

/** Somebody writes: calls that hang come back. */
async function answer(disk: DiskCalls): Promise<void> {
  await expect
    .poll(
      async () => {
        const writer = await open(silent, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined);
        await writer?.close();
        return disk.hanging;
      },
      { timeout: 60_000 },
    )
    .toBe(0);
}

it("a call that hangs is given up, and what comes after it still has a thread", async () => {
  const disk = new DiskCalls({ atOnce: 2, timeoutMs: 300 });
  // More than there are threads.
  const calls = Array.from({ length: 12 }, () => disk.run(openSilent));
  for (const call of calls) await expect(call).rejects.toThrow(DiskTimeoutError);
  expect(disk.hanging).toBe(2);
  // All threads would be taken, were it not for the limit.
  expect(await readFile("/proc/self/comm", "utf8")).not.toBe("");
  await answer(disk);
});

it("while calls hang others are refused at once, and once they are answered all is well", async () => {
  const disk = new DiskCalls({ atOnce: 2, timeoutMs: 300 });
  await Promise.allSettled([disk.run(openSilent), disk.run(openSilent)]);
  let begun = false;
  const refused = disk.run(async () => {
    begun = true;
  });
  await expect(refused).rejects.toThrow("2 earlier calls have no answer yet");
  expect(begun).toBe(false);
  await answer(disk);
  expect((await disk.run(() => stat(folder))).isDirectory()).toBe(true);
});

it("one that hangs leaves room for others", async () => {
  // Long enough for those that don't hang, however busy the machine is.
  const disk = new DiskCalls({ atOnce: 2, timeoutMs: 5000 });
  await expect(disk.run(openSilent)).rejects.toThrow("no answer within 5000 ms");
  const calls = Array.from({ length: 20 }, () => disk.run(() => stat(folder)));
  expect(await Promise.all(calls)).toHaveLength(20);
  await answer(disk);
});

it("what a call throws is thrown, and its place is free again", async () => {
  const disk = new DiskCalls({ atOnce: 1, timeoutMs: 5000 });
  await expect(disk.run(() => stat(join(folder, "none")))).rejects.toThrow("ENOENT");
  expect((await disk.run(() => stat(folder))).isDirectory()).toBe(true);
});
