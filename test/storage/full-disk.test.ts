import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { storeTitle, titleKey } from "../contract/stored-title.ts";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { startProgram } from "../support/server-process.ts";
import { mountSmallFileSystem, type SmallFileSystem } from "../support/small-file-system.ts";
import { type Event, eventLog } from "./events.ts";
import { segmentUrls } from "./rendition.ts";

const PATIENTLY = { timeout: 300_000, interval: 500 };

let library: Library;
let disk: SmallFileSystem;
let server: EmbeddedServer;
let events: readonly Event[];

beforeAll(async () => {
  library = await makeLibrary({ "film.mp4": await footage("video-only-mp4") });
});
afterAll(() => library?.remove());

beforeEach(async () => {
  disk = await mountSmallFileSystem("size=12m");
  const log = eventLog();
  events = log.events;
  server = await startServer(library.dir, { STORAGE_MIN_FREE_BYTES: "0" }, { storageDir: disk.path, log });
});
afterEach(async () => {
  await server?.stop();
  await disk?.unmount();
});

const failures = () => events.filter(({ event }) => event === "job failed").map(({ fields }) => fields);
const statusOf = async (url: URL | string) => {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
};

test("a full disk is 507 with words for what isn't made yet; what is made plays on, and all is well once there is space", async () => {
  const urls = await segmentUrls(server.url, "film.mp4");
  expect(await statusOf(urls[0]!)).toBe(200);
  // Look-ahead from the first one.
  await expect.poll(() => storedSegments(), PATIENTLY).toBe(4);
  await disk.fill();
  const response = await fetch(urls[5]!);
  expect(response.status).toBe(507);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({
    code: "storage-full",
    title: "Storage is full",
    detail: expect.stringContaining("until there is space"),
  });
  // One attempt, not three; and nothing is made ahead meanwhile.
  expect(failures().map(({ code }) => code)).toEqual(["storage-full"]);
  for (let index = 0; index < 4; index++) expect(await statusOf(urls[index]!)).toBe(200);
  expect(await statusOf(`${server.url}readyz`)).toBe(200);
  await expect
    .poll(() => events.map(({ event }) => event), PATIENTLY)
    .toContain("storage is full: not made ahead");
  expect(failures()).toHaveLength(1);
  await disk.empty();
  await expect.poll(() => statusOf(urls[5]!), PATIENTLY).toBe(200);
  // Look-ahead, too.
  await expect.poll(() => statusOf(urls[5]!).then(storedSegments), PATIENTLY).toBeGreaterThan(6);
});

test("a disk that is full of films nobody watches makes room: the viewer does not notice", async () => {
  const urls = await segmentUrls(server.url, "film.mp4");
  expect(await statusOf(urls[0]!)).toBe(200);
  const old = [..."0123456789abcdef"].slice(0, 8);
  for (const [position, letter] of old.entries()) {
    await storeTitle(disk.path, letter, { ageMinutes: 200 - position, bytes: 250_000 });
  }
  await disk.fill();
  for (const url of urls) expect(await statusOf(url)).toBe(200);
  const evicted = events.filter(({ event }) => event === "titles evicted from storage");
  const bytes = evicted.reduce((sum, { fields }) => sum + (fields.bytes as number), 0);
  console.log(`played through on a full disk: ${bytes} bytes evicted in ${evicted.length} goes, 0 errors`);
  expect(bytes).toBeGreaterThan(0);
  expect(failures()).toEqual([]);
  // The film itself was in use.
  expect(await statusOf(urls[0]!)).toBe(200);
});

test("STORAGE_MAX_BYTES is kept from the start on, the least recently watched films go", async () => {
  const urls = await segmentUrls(server.url, "film.mp4");
  expect(await statusOf(urls[0]!)).toBe(200);
  await server.stop();
  for (const [position, letter] of ["1", "2", "3"].entries()) {
    await storeTitle(disk.path, letter, { ageMinutes: 30 + position, bytes: 500_000 });
  }
  const log = eventLog();
  server = await startServer(library.dir, { STORAGE_MAX_BYTES: "3MB" }, { storageDir: disk.path, log });
  await expect
    .poll(() => log.events, PATIENTLY)
    .toContainEqual({
      event: "titles evicted from storage",
      fields: { titles: 2, bytes: 4_000_000 },
    });
  expect(await storedKeys()).toContain(titleKey("1"));
  expect(await statusOf(new URL(urls[0]!.pathname, server.url))).toBe(200);
});

test("a disk that turns read-only is 500 with words, serves what it has, and is good again by itself", async () => {
  const urls = await segmentUrls(server.url, "film.mp4");
  expect(await statusOf(urls[0]!)).toBe(200);
  await expect.poll(() => storedSegments(), PATIENTLY).toBe(4);
  await disk.remount("ro");
  try {
    const response = await fetch(urls[6]!);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: "storage-failed",
      detail: expect.stringContaining("read-only"),
    });
    expect(await statusOf(urls[0]!)).toBe(200);
    expect(await statusOf(`${server.url}readyz`)).toBe(503);
  } finally {
    await disk.remount("rw");
  }
  await expect.poll(() => statusOf(urls[6]!), PATIENTLY).toBe(200);
});

test("a server starts on a full disk", async () => {
  const urls = await segmentUrls(server.url, "film.mp4");
  expect(await statusOf(urls[0]!)).toBe(200);
  await server.stop();
  await disk.fill();
  const program = await startProgram("serve", library.dir, disk.path, {
    environment: { LOG_LEVEL: "silent" },
  });
  try {
    const path = urls[0]!.pathname;
    expect(await statusOf(new URL(path, program.url))).toBe(200);
  } finally {
    await program.stop();
  }
});

async function storedKeys(): Promise<string[]> {
  const prefixes = await readdir(join(disk.path, "titles"));
  const keys = await Promise.all(prefixes.map((prefix) => readdir(join(disk.path, "titles", prefix))));
  return keys.flat();
}

async function storedSegments(): Promise<number> {
  const names = await readdir(join(disk.path, "titles"), { recursive: true });
  return names.filter((name) => name.endsWith(".m4s")).length;
}
