import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ObjectGoneError,
  readAll,
  type SegmentStorage,
  type StoredObject,
} from "../../shared/storage/segment-storage.ts";

/** Storage that begins empty, as several machines see it. */
export interface SegmentStorageUnderTest {
  /** Another instance over the same objects: what another machine has. */
  open(): SegmentStorage;
  /** Removes every object behind the instances' backs. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = async (object: StoredObject | undefined) => new TextDecoder().decode(await readAll(object!));

/** What every segment storage does, told through the port alone. */
export function segmentStorageContract(name: string, create: () => Promise<SegmentStorageUnderTest>): void {
  describe(`${name} keeps the storage contract:`, () => {
    let subject: SegmentStorageUnderTest;
    let storage: SegmentStorage;

    beforeEach(async () => {
      subject = await create();
      storage = subject.open();
    });
    afterEach(() => subject.close());

    it("finds nothing where nothing was published, folder or file", async () => {
      expect(await storage.find("titles/ab/none/v720/0.m4s")).toBeUndefined();
      await storage.publish("titles/ab/one/v720/0.m4s", bytesOf("x"));
      expect(await storage.find("titles/ab/one/v720/1.m4s")).toBeUndefined();
      expect(await storage.find("titles/ab/one/v360/0.m4s")).toBeUndefined();
    });

    it("gives back what was published, with its size", async () => {
      const bytes = new Uint8Array(100_000).map((_, k) => (k * 31) % 251);
      expect(await storage.publish("a/b/0.m4s", bytes)).toBe("published");
      const object = await storage.find("a/b/0.m4s");
      expect(object!.size).toBe(100_000);
      expect(Buffer.from(await readAll(object!)).equals(Buffer.from(bytes))).toBe(true);
    });

    it("keeps an empty object and tells it from a missing one", async () => {
      await storage.publish("a/empty", new Uint8Array(0));
      const object = await storage.find("a/empty");
      expect(object!.size).toBe(0);
      expect(await textOf(object)).toBe("");
    });

    it("keeps the first of two publications under one name", async () => {
      expect(await storage.publish("a/0.m4s", bytesOf("first"))).toBe("published");
      expect(await storage.publish("a/0.m4s", bytesOf("second, and longer"))).toBe("exists");
      expect(await textOf(await storage.find("a/0.m4s"))).toBe("first");
    });

    it("lets one of fifty racers win, whose bytes stay whole", async () => {
      const racers = Array.from({ length: 50 }, (_, k) => String(k).padStart(2, "0").repeat(5000));
      const outcomes = await Promise.all(
        racers.map((text) => subject.open().publish("race/new/folder/0.m4s", bytesOf(text))),
      );
      expect(outcomes.filter((outcome) => outcome === "published")).toHaveLength(1);
      const text = await textOf(await storage.find("race/new/folder/0.m4s"));
      expect(text).toBe(racers[outcomes.indexOf("published")]);
    });

    it("serves any range of bytes", async () => {
      await storage.publish("a/0.m4s", bytesOf("0123456789"));
      const object = (await storage.find("a/0.m4s"))!;
      const range = async (start: number, end: number) =>
        new Response(await object.body({ start, end })).text();
      expect(await range(0, 10)).toBe("0123456789");
      expect(await range(0, 1)).toBe("0");
      expect(await range(9, 10)).toBe("9");
      expect(await range(3, 7)).toBe("3456");
      expect(await textOf(object)).toBe("0123456789");
    });

    it("streams one object to several readers at a time", async () => {
      await storage.publish("a/0.m4s", bytesOf("x".repeat(300_000)));
      const object = (await storage.find("a/0.m4s"))!;
      const texts = await Promise.all([textOf(object), textOf(object), textOf(object)]);
      expect(texts.map(({ length }) => length)).toEqual([300_000, 300_000, 300_000]);
    });

    it("lets a reader stop in the middle", async () => {
      await storage.publish("a/0.m4s", bytesOf("x".repeat(3_000_000)));
      const reader = (await (await storage.find("a/0.m4s"))!.body()).getReader();
      expect((await reader.read()).value!.length).toBeGreaterThan(0);
      await reader.cancel();
      expect(await textOf(await storage.find("a/0.m4s"))).toHaveLength(3_000_000);
    });

    it("finds what another instance published after this one had looked in vain", async () => {
      const other = subject.open();
      expect(await other.find("a/0.m4s")).toBeUndefined();
      await storage.publish("a/0.m4s", bytesOf("zero"));
      expect(await textOf(await other.find("a/0.m4s"))).toBe("zero");
      // Now it knows the folder; the next one is news again.
      expect(await other.find("a/1.m4s")).toBeUndefined();
      await storage.publish("a/1.m4s", bytesOf("one"));
      expect(await textOf(await other.find("a/1.m4s"))).toBe("one");
    });

    it("shows no object before it is whole", async () => {
      const bytes = bytesOf("y".repeat(8_000_000));
      const other = subject.open();
      const seen: number[] = [];
      const published = storage.publish("big/0.m4s", bytes);
      let isOver = false;
      const watching = (async () => {
        while (!isOver) {
          const object = await other.find("big/0.m4s");
          if (object) seen.push(object.size);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      try {
        expect(await published).toBe("published");
      } finally {
        isOver = true;
        await watching;
      }
      const whole = await other.find("big/0.m4s");
      expect(whole?.size).toBe(8_000_000);
      seen.push(8_000_000);
      expect(new Set(seen)).toEqual(new Set([8_000_000]));
    });

    it("says of an object that vanished after it was found that it is gone, before it gives any bytes", async () => {
      await storage.publish("a/0.m4s", bytesOf("before"));
      const object = (await storage.find("a/0.m4s"))!;
      await subject.wipe();
      await expect(object.body()).rejects.toBeInstanceOf(ObjectGoneError);
      expect(await storage.find("a/0.m4s")).toBeUndefined();
    });

    it("forgets what was removed behind its back, and takes it again", async () => {
      await storage.publish("a/0.m4s", bytesOf("before"));
      expect(await storage.find("a/0.m4s")).toBeDefined();
      await subject.wipe();
      expect(await storage.find("a/0.m4s")).toBeUndefined();
      expect(await storage.find("a/1.m4s")).toBeUndefined();
      expect(await storage.publish("a/0.m4s", bytesOf("after"))).toBe("published");
      expect(await textOf(await storage.find("a/0.m4s"))).toBe("after");
    });
  });
}
