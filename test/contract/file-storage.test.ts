import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkWritable, FileStorage } from "../../shared/node/file-storage.ts";
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
      code: "ENAMETOOLONG",
    });
    expect(await files()).toEqual([]);
  });

  it("says so where a folder can't be made, and leaves nothing", async () => {
    await writeFile(join(root, "titles"), "in the way");
    await expect(storage.publish("titles/a/0.m4s", new Uint8Array(10))).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
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
          const outcome = await storage.publish("a/0.m4s", new Uint8Array(100_000)).catch((error) => error.code);
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
    expect(stdout).toBe("EFBIG");
    expect(await files()).toEqual(["publish.mjs"]);
  });

  it("takes no temporary file of a writer that was killed for an object", async () => {
    await storage.publish("a/0.m4s", new Uint8Array(10));
    await writeFile(join(root, "a/.tmp-killed"), "half");
    expect(await storage.find("a/1.m4s")).toBeUndefined();
    expect(await storage.publish("a/1.m4s", new Uint8Array(20))).toBe("published");
  });

  it("passes the check that it can be written to and leaves no trace of it", async () => {
    await checkWritable(join(root, "new/folder"));
    expect(await files()).toEqual([]);
    await writeFile(join(root, "file"), "");
    await expect(checkWritable(join(root, "file"))).rejects.toThrow();
  });

  it("gives a reader the error of an object that vanished after it was found", async () => {
    await storage.publish("a/0.m4s", new Uint8Array(10));
    const object = (await storage.find("a/0.m4s"))!;
    await rm(join(root, "a"), { recursive: true });
    await expect(new Response(await object.body()).arrayBuffer()).rejects.toThrow();
    expect(await storage.find("a/0.m4s")).toBeUndefined();
  });
});
