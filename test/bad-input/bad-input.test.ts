import { chmod, copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { type DamageKind, footage } from "../support/footage.ts";
import { startProcess } from "../support/server-process.ts";
import { type MediaFolder, oddMediaFolder, oddNames } from "./odd-media-folder.ts";

const damaged: readonly DamageKind[] = [
  "empty",
  "garbage",
  "text",
  "truncated-mp4",
  "truncated-no-moov",
  "truncated-mkv",
  "truncated-ts",
  "corrupted-middle-mp4",
  "unknown-codec",
];

let media: MediaFolder;
let server: EmbeddedServer;

beforeAll(async () => {
  media = await oddMediaFolder(await footage("video-only-mp4"), damaged);
  server = await startServer(media.path);
}, 300_000);

afterAll(async () => {
  await server.stop();
  await media.remove();
});

function masterUrl(path: string): string {
  return `${server.url}hls/${path.split("/").map(encodeURIComponent).join("/")}/master.m3u8`;
}

describe("a source that can't be played", () => {
  test.each([
    ["missing.mp4", 404, "source-not-found"],
    ["two words.mp4/inside.mp4", 404, "source-not-found"],
    [`${"long".repeat(100)}.mp4`, 404, "source-not-found"],
    ["folder.mp4", 404, "source-not-a-file"],
    ["loop.mp4", 404, "source-not-found"],
    ["leaves.mp4", 404, "source-not-found"],
    ["leaves/secret.mp4", 404, "source-not-found"],
    ["empty.mp4", 422, "source-empty"],
    ["truncated-no-moov.mp4", 422, "source-damaged"],
    ["garbage.mp4", 415, "not-media"],
    ["text.mp4", 415, "not-media"],
    ["playlist.mp4", 415, "not-media"],
    ["concat.mp4", 415, "not-media"],
    ["unknown-codec.mp4", 415, "codec-unsupported"],
  ])("%j is answered with %i %s and a sentence", async (path, status, code) => {
    const response = await fetch(masterUrl(path));
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, code });
    expect(response.status).toBe(status);
    expect(problem.detail).toMatch(/^\P{Ll}.+\.$/su);
    expect(JSON.stringify(problem)).not.toContain(media.path);
  });

  test("an unreadable file is answered with 500 and the cure", async () => {
    const folder = await mkdtemp(join(tmpdir(), "seamline-unreadable-"));
    await chmod(folder, 0o755);
    const file = join(folder, "locked.mp4");
    await copyFile(await footage("video-only-mp4"), file);
    const isRoot = process.getuid?.() === 0;
    // Permissions don't bind root: the file is root's own, and the server runs as nobody.
    await chmod(file, isRoot ? 0o600 : 0o000);
    const other = await startProcess(folder, isRoot ? { uid: 65534, gid: 65534 } : {});
    try {
      const response = await fetch(`${other.url}hls/locked.mp4/master.m3u8`);
      expect(await response.json()).toMatchObject({
        status: 500,
        code: "source-unreadable",
        detail: expect.stringContaining("permissions"),
      });
    } finally {
      await other.stop();
      await rm(folder, { recursive: true });
    }
  });
});

describe("a source that is damaged further on", () => {
  test.each(["truncated-mp4", "truncated-mkv", "truncated-ts", "corrupted-middle-mp4"])(
    "%s plays as far as it goes, every segment of it",
    async (kind) => {
      const segments = await readSegmentUrls(`${kind}.mp4`, "v240");
      expect(segments.length).toBeGreaterThan(3);
      for (const url of segments) {
        const response = await fetch(url);
        expect(response.status, `${url}: ${response.ok ? "" : await response.clone().text()}`).toBe(200);
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
      }
    },
  );
});

describe("an odd name", () => {
  test.each(oddNames)("%j plays", async (name) => {
    const [first] = await readSegmentUrls(name, "v240");
    const response = await fetch(first!);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("video/mp4");
    await response.arrayBuffer();
  });

  test("is listed with the address that plays it, unless it is no name of a film", async () => {
    const { titles } = (await (await fetch(`${server.url}api/titles`)).json()) as {
      titles: { path: string; hls: string }[];
    };
    const paths = titles.map(({ path }) => path);
    const films = oddNames.filter((name) => name.endsWith(".mp4"));
    expect(paths).toEqual(expect.arrayContaining([...films, "stays.mp4"]));
    expect(paths.filter((path) => path.startsWith("leaves") || path.startsWith("loop"))).toEqual([]);
    for (const { path, hls } of titles) expect(new URL(hls, server.url).href).toBe(masterUrl(path));
  });

  test("of a link that stays in the folder plays", async () => {
    expect((await fetch(masterUrl("stays.mp4"))).status).toBe(200);
  });
});

describe("a path that leaves the media folder", () => {
  test.each([
    "hls/../outside/secret.mp4/master.m3u8",
    "hls/%2e%2e/outside/secret.mp4/master.m3u8",
    "hls/..%2foutside%2fsecret.mp4/master.m3u8",
    "hls/..%5coutside/secret.mp4/master.m3u8",
    "hls/folder.mp4/..%2f..%2foutside%2fsecret.mp4/master.m3u8",
    "hls//etc/passwd/master.m3u8",
    "hls/%2fetc%2fpasswd/master.m3u8",
    "hls/two%20words.mp4%00/master.m3u8",
    "hls/%ff%fe/master.m3u8",
    "assets/..%2fcli%2fmain.js",
  ])("%s is 404, with no work queued", async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(404);
    await response.text();
  });
});

describe("a part that a title doesn't have", () => {
  test.each(["v720/9999.m4s", "v4320/0.m4s", "a7/0.m4s", "v240/-1.m4s", "v240/01.m4s", "v240/0.ts", "x/y"])(
    "%s is 404 at once",
    async (part) => {
      const playlist = await (await fetch(masterUrl("two words.mp4"))).text();
      const key = /^[0-9a-f]{32}/m.exec(playlist)![0];
      const response = await fetch(`${server.url}hls/two%20words.mp4/${key}/${part}`);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    },
  );
});

test("after all this the server has no process and no temporary file left over, and goes on", async () => {
  expect((await fetch(masterUrl("two words.mp4"))).status).toBe(200);
  await expect.poll(childPrograms, { timeout: 120_000 }).toEqual([]);
  // Look-ahead may still be at work.
  await expect.poll(temporaryFiles, { timeout: 120_000 }).toEqual([]);
});

async function temporaryFiles(): Promise<string[]> {
  const files = await readdir(server.storageDir, { recursive: true });
  return files.filter((file) => file.startsWith("tmp/"));
}

async function readSegmentUrls(path: string, rendition: string): Promise<string[]> {
  const master = masterUrl(path);
  const response = await fetch(master);
  const playlist = await response.text();
  expect(response.status, playlist).toBe(200);
  const line = playlist.split("\n").find((candidate) => candidate.includes(`/${rendition}/`))!;
  const playlistUrl = new URL(line, master).href;
  const media = await (await fetch(playlistUrl)).text();
  return media.split("\n").flatMap((uri) => (uri.endsWith(".m4s") ? [new URL(uri, playlistUrl).href] : []));
}

/** Names of FFmpeg and ffprobe processes that this process started and that are still there, zombies too. */
async function childPrograms(): Promise<string[]> {
  const names: string[] = [];
  for (const pid of await readdir("/proc")) {
    const status = /^\d+$/.test(pid) ? await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "") : "";
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(status) ?? [];
    if (Number(parent) === process.pid && /^ff(mpeg|probe)$/.test(name!)) names.push(name!);
  }
  return names;
}
