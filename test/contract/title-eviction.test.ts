import { appendFile, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { TitleEviction } from "../../shared/node/title-eviction.ts";
import { TitleFolders } from "../../shared/node/title-folders.ts";
import { titleFolder, titleObject } from "../../shared/storage/object-name.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";
import { age, storeTitle, titleKey } from "./stored-title.ts";

const running = new AbortController().signal;

describe("eviction", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "seamline-eviction-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const node = (maxBytes: number) => new TitleEviction(root, { maxBytes, minFreeBytes: 0, log: silentLog });
  const turnIsOver = async () => {
    const before = Date.now() / 1000 - 120;
    await utimes(join(root, "tmp/last-look"), before, before);
  };
  /** Letters of the titles that are there, with the number of their files. */
  const titles = async () => {
    const found: Record<string, number> = {};
    for (const prefix of await readdir(join(root, "titles"))) {
      for (const key of await readdir(join(root, "titles", prefix))) {
        const files = await readdir(join(root, titleFolder(key)), { recursive: true, withFileTypes: true });
        found[key[0]!] = files.filter((file) => file.isFile() && file.name !== "used").length;
      }
    }
    return found;
  };
  const leftovers = async () => (await readdir(join(root, "tmp"))).filter((name) => name !== "last-look");

  it("takes whole titles, the least recently used first, until there is room for a while", async () => {
    await storeTitle(root, "a", { ageMinutes: 20 });
    await storeTitle(root, "b", { ageMinutes: 3000 });
    await storeTitle(root, "c", { ageMinutes: 40 });
    await storeTitle(root, "d", { ageMinutes: 30 });
    // 160,000 bytes are there; nine tenths of the maximum are 117,000.
    expect(await node(130_000).keepLimits(running)).toEqual({ titles: 2, bytes: 80_000 });
    expect(await titles()).toEqual({ a: 4, d: 4 });
    expect(await leftovers()).toEqual([]);
  });

  it("leaves storage alone that is within its limits, and what is not its own", async () => {
    await storeTitle(root, "a", { ageMinutes: 20 });
    await mkdir(join(root, "titles/notes"));
    await writeFile(join(root, "titles/notes/films.txt"), "mine");
    expect(await node(40_000).keepLimits(running)).toEqual({ titles: 0, bytes: 0 });
    await turnIsOver();
    expect(await node(1000).keepLimits(running)).toEqual({ titles: 1, bytes: 40_000 });
    expect(await readdir(join(root, "titles/notes"))).toEqual(["films.txt"]);
  });

  it("never takes a title that any node reads or writes, however large it is", async () => {
    for (const letter of ["a", "b", "c"]) await storeTitle(root, letter, { ageMinutes: 60 });
    // Other processes: one plays a part of a, one makes a part of b.
    const part = titleObject(titleKey("a"), "v240", "0.m4s");
    expect(await new FileStorage(root).find(part)).toBeDefined();
    await new FileStorage(root).publish(titleObject(titleKey("b"), "v480", "7.m4s"), new Uint8Array(10));
    expect(await node(1).keepLimits(running)).toEqual({ titles: 1, bytes: 40_000 });
    expect(await titles()).toEqual({ a: 4, b: 5 });
  });

  it("spares a title that somebody begins to watch while others are being evicted", async () => {
    for (const letter of [..."abcdef"]) {
      await storeTitle(root, letter, { ageMinutes: letter.charCodeAt(0), objects: 1 });
      const folder = join(root, titleFolder(titleKey(letter)), "v240");
      // So many that a title takes a while.
      const names = Array.from({ length: 999 }, (_, k) => join(folder, `${k + 1}.m4s`));
      await Promise.all(names.map((name) => writeFile(name, "x")));
    }
    const evicting = node(1).keepLimits(running);
    // As the first one goes somebody begins with the one that would go last.
    const first = join(root, titleFolder(titleKey("f")));
    const isGone = () => stat(first).catch(() => undefined);
    await expect.poll(isGone, { interval: 1, timeout: 60_000 }).toBeUndefined();
    await age(root, "a", 0);
    expect((await evicting).titles).toBe(5);
    expect(await titles()).toEqual({ a: 1000 });
  });

  it("may be done by many nodes at once, with the same outcome", async () => {
    const letters = [..."0123456789abcdef"];
    for (const [position, letter] of letters.entries()) {
      await storeTitle(root, letter, { ageMinutes: 1000 - position, objects: 6 });
    }
    // 960,000 bytes are there; nine tenths of the maximum are 450,000.
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => node(500_000).keepLimits(running)));
    expect(Object.keys(await titles()).sort()).toEqual(letters.slice(9));
    expect(outcomes.reduce((sum, { titles: count }) => sum + count, 0)).toBe(9);
    expect(await leftovers()).toEqual([]);
  });

  it("is looked after by one node at a time", async () => {
    await storeTitle(root, "a", { ageMinutes: 60 });
    expect(await node(1e6).keepLimits(running)).toEqual({ titles: 0, bytes: 0 });
    await storeTitle(root, "b", { ageMinutes: 90, bytes: 1e6 });
    expect(await node(1e6).keepLimits(running)).toEqual({ titles: 0, bytes: 0 });
    await turnIsOver();
    expect(await node(1e6).keepLimits(running)).toEqual({ titles: 1, bytes: 4e6 });
  });

  it("removes what a killed node left half deleted", async () => {
    await storeTitle(root, "a", { ageMinutes: 60 });
    await rename(join(root, titleFolder(titleKey("a"))), join(root, "tmp/evicted-1"));
    await node(1e6).keepLimits(running);
    expect(await leftovers()).toEqual([]);
  });

  it("lets a reader read on to the end", async () => {
    const bytes = 5_000_000;
    await storeTitle(root, "a", { ageMinutes: 60, objects: 1, bytes });
    const object = (await new FileStorage(root).find(titleObject(titleKey("a"), "v240", "0.m4s")))!;
    const reader = (await object.body()).getReader();
    let read = (await reader.read()).value!.length;
    await age(root, "a", 60);
    expect(await node(1).keepLimits(running)).toEqual({ titles: 1, bytes });
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      read += value.length;
    }
    expect(read).toBe(bytes);
  });

  it("takes no publication with it: the folder is made again", async () => {
    const storage = new FileStorage(root);
    const folder = join(root, titleFolder(titleKey("a")));
    let evictions = 0;
    const evictTwice = async (published: Promise<unknown>) => {
      let isOver = false;
      void published.finally(() => {
        isOver = true;
      });
      for (let left = 2; left > 0 && !isOver; ) {
        const problem = await rename(folder, join(root, `tmp/evicted-${evictions}`)).catch(String);
        if (problem === undefined) {
          left -= 1;
          evictions += 1;
        }
      }
    };
    const names = Array.from({ length: 300 }, (_, k) => titleObject(titleKey("a"), "v240", `${k}.m4s`));
    for (const name of names) {
      const published = storage.publish(name, new Uint8Array(100));
      await evictTwice(published);
      expect(await published).toBe("published");
    }
    console.log(`300 publications, their folder evicted ${evictions} times under their feet: none failed`);
    expect(evictions).toBeGreaterThan(10);
    const last = names.at(-1)!;
    expect(await storage.publish(last, new Uint8Array(100))).toMatch(/published|exists/);
    expect(await readAll((await storage.find(last))!)).toHaveLength(100);
  });

  it("counts a rendition's files again only when names came or went", async () => {
    await storeTitle(root, "a", { ageMinutes: 0 });
    const folders = new TitleFolders(root);
    const measure = () => folders.measure(titleKey("a"), false, running);
    expect(await measure()).toBe(40_000);
    // No object ever changes; a folder's time tells that this one did not.
    await appendFile(join(root, titleFolder(titleKey("a")), "v240/0.m4s"), "x");
    expect(await measure()).toBe(40_000);
    await new FileStorage(root).publish(titleObject(titleKey("a"), "v240", "9.m4s"), new Uint8Array(9));
    expect(await measure()).toBe(40_010);
  });

  it("ends between two titles when it is told to stop", async () => {
    await storeTitle(root, "a", { ageMinutes: 60 });
    await expect(node(1).keepLimits(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect((await stat(join(root, titleFolder(titleKey("a"))))).isDirectory()).toBe(true);
  });
});
