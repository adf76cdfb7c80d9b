import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { randomNumbers } from "../support/random-numbers.ts";
import { type Event, eventLog } from "./events.ts";
import { allUrls } from "./rendition.ts";

/** Sound is made four segments at a time, and its last bits depend on where decoding began. */
const FILM = "surround-ac3-mkv";
/** What disks and crashes do to a file, without leaving another time on it. */
const damages: readonly [string, (path: string, size: number, random: () => number) => Promise<void>][] = [
  ["emptied", (path) => truncate(path, 0)],
  ["cut short", (path, size, random) => truncate(path, Math.floor(size * random()))],
  [
    "a bit flipped",
    (path, size, random) => change(path, size * random(), (byte) => byte ^ (1 << (8 * random()))),
  ],
  ["a page of zeros", zeroPage],
  ["its last byte lost", (path, size) => truncate(path, size - 1)],
];

let library: Library;
let storageDir: string;
let server: EmbeddedServer | undefined;
/** SHA-256 of everything of the title by path, as it was made. */
let made: ReadonlyMap<string, string>;

beforeAll(async () => {
  library = await makeLibrary({ "film.mkv": await footage(FILM) });
  storageDir = await mkdtemp(join(tmpdir(), "seamline-damage-"));
  await start();
  made = await playAll();
  await server!.stop();
});
afterEach(() => server?.stop());
afterAll(async () => {
  await library?.remove();
  await rm(storageDir, { recursive: true, force: true });
});

test("whatever lies damaged in storage is found at its first use, and made again with the same bytes", async () => {
  const random = randomNumbers(4);
  const objects = await objectPaths();
  const damaged = new Set<string>();
  for (const [position, path] of objects.entries()) {
    // Of every kind; and the third part stays as it is.
    if (position % 3 === 0) continue;
    const { size, atime, mtime } = await stat(path);
    await damages[position % damages.length]![1](path, size, random);
    await utimes(path, atime, mtime);
    damaged.add(path);
  }
  const events = await start();
  expect(await playAll()).toEqual(made);
  const found = events.filter(({ event }) => event.startsWith("damaged object")).map(({ fields }) => fields);
  console.log(
    `damaged ${damaged.size} of ${objects.length} objects: ${found.length} found, 0 served, all made again`,
  );
  const names = found.map(({ object }) => join(storageDir, object as string));
  expect(names.sort()).toEqual([...damaged].sort());
  // What was whole has not been touched.
  expect(await objectPaths()).toEqual(objects);
}, 300_000);

test.each(damages)("a source's description with %s is found out and made again", async (_, damage) => {
  const [path] = (await objectPaths()).filter((name) => name.endsWith(".json"));
  const { size } = await stat(path!);
  const before = await readFile(path!);
  await damage(path!, size, randomNumbers(7));
  const events = await start();
  const response = await fetch(`${server!.url}hls/film.mkv/master.m3u8`);
  expect(response.status).toBe(200);
  expect(await readFile(path!)).toEqual(before);
  expect(events.filter(({ event }) => event.startsWith("damaged object"))).toHaveLength(1);
});

test("an object that is damaged while it is played is found by the next process", async () => {
  await start();
  const [path] = (await objectPaths()).filter((name) => name.endsWith("/3.m4s"));
  const { size } = await stat(path!);
  await playAll();
  await change(path!, size / 2, (byte) => byte ^ 1);
  await server!.stop();
  await start();
  expect(await playAll()).toEqual(made);
});

/** A new process over the same storage, and what it logs. */
async function start(): Promise<readonly Event[]> {
  const log = eventLog();
  server = await startServer(library.dir, {}, { storageDir, log });
  return log.events;
}

async function playAll(): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const url of await allUrls(server!.url, "film.mkv")) {
    const response = await fetch(url);
    expect([url.pathname, response.status]).toEqual([url.pathname, 200]);
    const bytes = Buffer.from(await response.arrayBuffer());
    hashes.set(url.pathname, createHash("sha256").update(bytes).digest("hex"));
  }
  return hashes;
}

async function objectPaths(): Promise<string[]> {
  const entries = await readdir(storageDir, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => /\.(m4s|mp4|json)$/.test(path)).sort();
}

async function change(path: string, at: number, to: (byte: number) => number): Promise<void> {
  const bytes = await readFile(path);
  bytes[Math.floor(at)] = to(bytes[Math.floor(at)]!);
  await writeFile(path, bytes);
}

async function zeroPage(path: string, size: number, random: () => number): Promise<void> {
  const bytes = await readFile(path);
  const from = Math.floor(size * random());
  // Not all of it may be zeros already.
  bytes[from] = bytes[from]! | 1;
  await writeFile(path, bytes.fill(0, from, Math.min(size, from + 4096)));
}
