import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "../../shared/log.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { TitleEviction } from "../../shared/node/title-eviction.ts";
import { titleObject } from "../../shared/storage/object-name.ts";
import { isSealed, seal } from "../../shared/storage/seal.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";
import { mountSmallFileSystem, type SmallFileSystem } from "../support/small-file-system.ts";
import { age, storeTitle, titleKey } from "./stored-title.ts";

const part = (letter: string, index: number) => titleObject(titleKey(letter), "v240", `${index}.m4s`);
const MB = new Uint8Array(1_000_000);

describe("storage on a real file system", () => {
  let disk: SmallFileSystem | undefined;

  afterEach(async () => {
    await disk?.unmount();
    disk = undefined;
  });

  const mount = async (options: string) => {
    disk = await mountSmallFileSystem(options);
    return disk;
  };
  /** Storage as a worker has it. */
  const openStorage = ({ path }: SmallFileSystem) => {
    const eviction = new TitleEviction(path, { minFreeBytes: 0, log: silentLog });
    return new FileStorage(path, { makeRoom: (insist, signal) => eviction.makeRoom(insist, signal) });
  };
  const letters = async ({ path }: SmallFileSystem) => {
    const prefixes = await readdir(join(path, "titles"));
    const keys = await Promise.all(prefixes.map((prefix) => readdir(join(path, "titles", prefix))));
    return keys
      .flat()
      .map((key) => key[0])
      .sort();
  };

  it("that is full says so, keeps what it has, and takes more once there is space", async () => {
    const small = await mount("size=4m");
    const storage = openStorage(small);
    await storage.publish(part("a", 0), MB);
    await small.fill();
    const before = await readdir(small.path, { recursive: true });
    await expect(storage.publish(part("a", 1), MB)).rejects.toMatchObject({
      code: "storage-full",
      message: expect.stringContaining("ENOSPC"),
    });
    expect(await readdir(small.path, { recursive: true })).toEqual(before);
    expect(await readAll((await storage.find(part("a", 0)))!)).toEqual(MB);
    await small.empty();
    expect(await storage.publish(part("a", 1), MB)).toBe("published");
  });

  it("that fills up half way through a write keeps no half object", async () => {
    const small = await mount("size=4m");
    const storage = openStorage(small);
    await storage.publish(part("a", 0), new Uint8Array(10));
    await small.fill(300_000);
    await expect(storage.publish(part("a", 1), MB)).rejects.toMatchObject({ code: "storage-full" });
    expect(await storage.find(part("a", 1))).toBeUndefined();
    expect(await readdir(join(small.path, "tmp"))).toEqual([]);
  });

  it("that is full makes room by itself: nobody notices, and what is watched stays", async () => {
    const small = await mount("size=8m");
    await storeTitle(small.path, "a", { ageMinutes: 0, bytes: 200_000 });
    for (const [letter, ageMinutes] of [["b", 90] as const, ["c", 30] as const, ["d", 60] as const]) {
      await storeTitle(small.path, letter, { ageMinutes, bytes: 200_000 });
    }
    await small.fill();
    const storage = openStorage(small);
    expect(await storage.publish(part("e", 0), new Uint8Array(600_000))).toBe("published");
    expect(await letters(small)).toEqual(["a", "c", "d", "e"]);
    // As a film goes on, the next ones follow.
    for (let index = 1; index < 4; index++) await storage.publish(part("e", index), new Uint8Array(600_000));
    expect(await letters(small)).toEqual(["a", "e"]);
  });

  it("makes room for several writers at once without taking more than is needed", async () => {
    const small = await mount("size=8m");
    for (let index = 0; index < 9; index++) {
      await storeTitle(small.path, `${index}`, { ageMinutes: 100 - index, bytes: 200_000 });
    }
    await small.fill();
    const workers = Array.from({ length: 6 }, () => openStorage(small));
    const outcomes = await Promise.allSettled(
      workers.map((storage, index) => storage.publish(part("e", index), new Uint8Array(20_000))),
    );
    expect(outcomes).toEqual(workers.map(() => ({ status: "fulfilled", value: "published" })));
    expect(await letters(small)).toEqual([..."12345678", "e"]);
  });

  it("whose number of files is used up makes room too, though it says that it has space", async () => {
    const small = await mount("size=64m,nr_inodes=60");
    await storeTitle(small.path, "a", { ageMinutes: 60, objects: 10 });
    await storeTitle(small.path, "b", { ageMinutes: 90, objects: 10 });
    const files: string[] = [];
    const isFilling = async () => {
      const path = join(small.path, `file-${files.length}`);
      files.push(path);
      return writeFile(path, "").then(
        () => true,
        () => false,
      );
    };
    while (await isFilling());
    expect(await openStorage(small).publish(part("e", 0), MB)).toBe("published");
    expect(await letters(small)).toEqual(expect.arrayContaining(["e"]));
  });

  it("that is read-only serves what it has and says why it takes nothing", async () => {
    const small = await mount("size=4m");
    const storage = openStorage(small);
    await storage.publish(part("a", 0), MB);
    await small.remount("ro");
    await expect(storage.publish(part("a", 1), MB)).rejects.toMatchObject({
      code: "storage-failed",
      message: expect.stringMatching(/read-only.*EROFS|EROFS.*read-only/),
    });
    // Another process, which would leave its mark.
    expect(await readAll((await openStorage(small).find(part("a", 0)))!)).toEqual(MB);
    await small.remount("rw");
    expect(await storage.publish(part("a", 1), MB)).toBe("published");
  });

  it("that is read-only never serves what is damaged", async () => {
    const small = await mount("size=4m");
    const name = part("a", 0);
    await new FileStorage(small.path).publish(name, (await seal(name, MB)).fill(1, 500, 501));
    await small.remount("ro");
    const storage = new FileStorage(small.path, { isWhole: isSealed });
    for (let time = 0; time < 2; time++) {
      await expect(storage.find(name)).rejects.toMatchObject({ code: "storage-failed" });
    }
    await small.remount("rw");
    expect(await storage.find(name)).toBeUndefined();
    await expect(readFile(join(small.path, name))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is in use by the mark that reading leaves, even where that can't be made anew", async () => {
    const small = await mount("size=4m");
    await storeTitle(small.path, "a", { ageMinutes: 60, bytes: 100_000 });
    await small.fill();
    const storage = openStorage(small);
    expect(await storage.find(part("a", 0))).toBeDefined();
    await expect(storage.publish(part("e", 0), MB)).rejects.toMatchObject({ code: "storage-full" });
    await age(small.path, "a", 60);
    await small.empty();
    await small.fill(500_000);
    expect(await storage.publish(part("e", 0), new Uint8Array(800_000))).toBe("published");
    expect(await letters(small)).toEqual(["e"]);
  });
});
