import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FileRecords } from "../../shared/node/file-records.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "seamline-records-"));
});
afterAll(() => rm(root, { recursive: true }));

it("records are there once they are written, change, and go", async () => {
  const [records, other] = [new FileRecords(root, "things"), new FileRecords(root, "things")];
  expect([await records.list(), await records.read("a.json")]).toEqual([[], undefined]);
  await records.write("a.json", "one");
  await other.write("a.json", "two");
  expect([await records.list(), await records.read("a.json")]).toEqual([["a.json"], "two"]);
  await records.remove("a.json");
  await records.remove("a.json");
  expect([await other.list(), await other.read("a.json")]).toEqual([[], undefined]);
});

it("of those who create a record at once, one has", async () => {
  const texts = Array.from({ length: 8 }, (_, k) => `text ${k}`);
  const records = texts.map(() => new FileRecords(root, "created"));
  const created = await Promise.all(texts.map((text, k) => records[k]!.create("x", text)));
  expect(created.filter(Boolean)).toHaveLength(1);
  expect(await records[0]!.read("x")).toBe(texts[created.indexOf(true)]);
  // The one that asks again since it did not hear the answer.
  expect(await records[0]!.create("x", texts[created.indexOf(true)]!)).toBe(true);
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});

it("a reader gets a whole text while others write, and nothing is left behind", async () => {
  const records = new FileRecords(root, "busy");
  const texts = ["a", "b"].map((letter) => letter.repeat(100_000));
  await records.write("x", texts[0]!);
  const writing = Promise.all(Array.from({ length: 20 }, (_, k) => records.write("x", texts[k % 2]!)));
  for (let k = 0; k < 20; k++) expect(texts).toContain(await records.read("x"));
  await writing;
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});

it("a name can't lead out of its folder", async () => {
  const records = new FileRecords(root, "things");
  for (const name of ["../x", "a/b", "", ".x", "a\0"])
    await expect(records.write(name, "x")).rejects.toThrow(RangeError);
});
