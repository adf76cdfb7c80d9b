import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkWritable, FileStorage } from "../../shared/node/file-storage.ts";
import { sweepTemporaryFiles, writeTemporary } from "../../shared/node/temporary-files.ts";
import { isSealed, seal } from "../../shared/storage/seal.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";
import { segmentStorageContract } from "./segment-storage.contract.ts";

segmentStorageContract("file storage", async () => {
  const root = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  return {
    open: () => new FileStorage(root),
    async wipe() {
      for (const name of await readdir(root)) await rm(join(root, name), { recursive: true });
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
});

describe("file storage", () => {
  let root: string;
  let storage: FileStorage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "seamline-storage-"));
    storage = new FileStorage(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Every file in the folder, hidden ones too. */
  const files = async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  };

  it("leaves nothing but the objects behind, whoever wins", async () => {
    const publish = (name: string) => storage.publish(`a/b/${name}`, new Uint8Array(10_000));
    await Promise.all(["0.m4s", "0.m4s", "0.m4s", "1.m4s", "1.m4s"].map(publish));
    expect(await files()).toEqual(["0.m4s", "1.m4s"]);
  });

  it("leaves no temporary file where the object can't get its name", async () => {
    const tooLong = `a/${"x".repeat(300)}`;
    await expect(storage.publish(tooLong, new Uint8Array(10))).rejects.toMatchObject({
      code: "storage-failed",
      message: expect.stringContaining("ENAMETOOLONG"),
    });
    expect(await files()).toEqual([]);
  });

  it("says so where a folder can't be made, and leaves nothing", async () => {
    await writeFile(join(root, "titles"), "in the way");
    await expect(storage.publish("titles/a/0.m4s", new Uint8Array(10))).rejects.toMatchObject({
      code: "storage-failed",
      message: expect.stringContaining("a file lies where a folder should be"),
    });
    expect(await files()).toEqual(["titles"]);
  });

  it("leaves neither an object nor a temporary file where the bytes did not fit", async () => {
    // A limit on the size of files ends a write half way, as a full disk does.
    const script = join(root, "publish.mjs");
    await build({
      stdin: {
        contents: `
          import { FileStorage } from "./file-storage.ts";
          const storage = new FileStorage(process.argv[2]);
          const outcome = await storage.publish("a/0.m4s", new Uint8Array(100_000)).catch((error) => error.message);
          process.stdout.write(String(outcome));`,
        resolveDir: dirname(fileURLToPath(import.meta.resolve("../../shared/node/file-storage.ts"))),
      },
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
      outfile: script,
    });
    const stdout = await new Promise<string>((resolve, reject) => {
      const args = ["-c", 'ulimit -f 8; exec "$0" "$1" "$2"', process.execPath, script, join(root, "store")];
      execFile("bash", args, (error, output, stderr) =>
        error ? reject(new Error(stderr)) : resolve(output),
      );
    });
    expect(stdout).toMatch(/^Storage is full \(EFBIG\)/);
    expect(await files()).toEqual(["publish.mjs"]);
  });

  it("sweeps what killed writers left, and nothing of those who are still writing", async () => {
    await storage.publish("a/0.m4s", new Uint8Array(10));
    const abandoned = await writeTemporary(root, new Uint8Array(5));
    const anHourAgo = Date.now() / 1000 - 3600;
    await utimes(abandoned, anHourAgo, anHourAgo);
    const underway = await writeTemporary(root, new Uint8Array(5));
    const sweeps = await Promise.all([sweepTemporaryFiles(root), sweepTemporaryFiles(root)]);
    expect(Math.max(...sweeps)).toBe(1);
    expect(await files()).toEqual(["0.m4s", basename(underway)].sort());
  });

  it("passes the check that it can be written to and leaves no trace of it", async () => {
    await checkWritable(join(root, "new/folder"));
    expect(await files()).toEqual([]);
    await writeFile(join(root, "file"), "");
    await expect(checkWritable(join(root, "file"))).rejects.toThrow();
  });

  it("is cleared of a damaged object by many processes at once, none of which removes the new one", async () => {
    const name = "titles/ab/key/v/0.m4s";
    const whole = await seal(name, new Uint8Array(200_000).fill(7));
    const opened = () => new FileStorage(root, { isWhole: isSealed });
    let replaced = 0;
    for (let round = 0; round < 30; round++) {
      await storage.publish(name, whole.with(round * 1000, 8));
      const repair = async () => {
        const process = opened();
        // As a worker does that is asked for what was not found.
        if ((await process.find(name)) === undefined) await process.publish(name, whole);
        const again = await process.find(name);
        if (again === undefined) replaced += 1;
        else expect(Buffer.from(await readAll(again)).equals(whole)).toBe(true);
      };
      await Promise.all(Array.from({ length: 8 }, repair));
      expect(Buffer.from(await readFile(join(root, name))).equals(whole)).toBe(true);
      await rm(join(root, name));
    }
    expect(replaced).toBe(0);
    expect(await files()).toEqual(["used"]);
  });

  it("reads an object once to see whether it is whole, and again when the file is another one", async () => {
    const name = "a/0.m4s";
    const reads: string[] = [];
    const watched = new FileStorage(root, {
      isWhole: async (object, bytes) => {
        reads.push(object);
        return isSealed(object, bytes);
      },
    });
    const whole = await seal(name, new Uint8Array(1000));
    await watched.publish(name, whole);
    await Promise.all([watched.find(name), watched.find(name), watched.find(name)]);
    expect(reads).toEqual([name]);
    await writeFile(join(root, name), whole.subarray(0, 500));
    expect(await watched.find(name)).toBeUndefined();
    await watched.publish(name, whole);
    expect((await watched.find(name))!.size).toBe(1032);
    expect(reads).toEqual([name, name, name]);
  });
});
