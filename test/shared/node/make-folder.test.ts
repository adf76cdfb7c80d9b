import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeFolder } from "../../../shared/node/make-folder.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seamline-folders-"));
});
afterAll(() => rm(root, { recursive: true }));

it("makes a folder with all above it, which may be there", async () => {
  const path = join(root, "a/b/c");
  await Promise.all([path, path, join(root, "a/d")].map(makeFolder));
  await makeFolder(path);
  expect((await readdir(join(root, "a"))).sort()).toEqual(["b", "d"]);
});

it("says why it can't, also where the folder above is there and takes none", async () => {
  await writeFile(join(root, "file"), "");
  await expect(makeFolder(join(root, "file/x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder("/proc/seamline/tmp")).rejects.toMatchObject({ code: "ENOENT" });
});
