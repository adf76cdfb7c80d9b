import { mkdtemp, rm, rmdir, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { runProgram } from "./run-program.ts";

/** A file system in memory, so small that it can be filled, mounted at a folder of its own. */
export interface SmallFileSystem {
  readonly path: string;
  /** Takes all space that is left, or what is above so many bytes. */
  fill(leaveBytes?: number): Promise<void>;
  /** Gives back what `fill` took. */
  empty(): Promise<void>;
  remount(mode: "ro" | "rw"): Promise<void>;
  unmount(): Promise<void>;
}

/** @param options of mount(8) for tmpfs, such as `size=4m`. */
export async function mountSmallFileSystem(options: string): Promise<SmallFileSystem> {
  const path = await mkdtemp(join(tmpdir(), "seamline-small-"));
  await mount(["-t", "tmpfs", "-o", options, "tmpfs", path]).catch(async (error: unknown) => {
    await rmdir(path);
    throw error;
  });
  const ballast = join(path, "ballast");
  return {
    path,
    async fill(leaveBytes = 0) {
      const { bavail, bsize } = await statfs(path);
      await writeFile(ballast, new Uint8Array(Math.max(0, bavail * bsize - leaveBytes)));
    },
    empty: () => rm(ballast, { force: true }),
    remount: (mode) => mount(["-o", `remount,${mode}`, path]),
    async unmount() {
      // What its user left behind for the moment, such as look-ahead, is over soon.
      await expect.poll(() => runProgram("umount", [path]), { timeout: 60_000 }).toBeDefined();
      await rmdir(path);
    },
  };
}

async function mount(args: readonly string[]): Promise<void> {
  await runProgram("mount", args).catch((cause: unknown) => {
    throw new Error(
      "Full and read-only disks are tried out on a tmpfs of their own, which could not be mounted: run these tests as root (in a container with CAP_SYS_ADMIN).",
      { cause },
    );
  });
}
