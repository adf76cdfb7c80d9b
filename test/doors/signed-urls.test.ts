import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { readMediaPlaylist, readMultivariantPlaylist } from "../conformance/read-playlist.ts";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";

const SECRET = "the secret of this test: long enough";
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let library: Library;
let server: EmbeddedServer;

beforeAll(async () => {
  const film = await footage("film-24000-1001-bframes");
  library = await makeLibrary({
    "films/a film.mp4": film,
    "films/other.mp4": film,
    "private.mp4": film,
    "s/private.mp4": film,
  });
  server = await startServer(library.dir, { AUTH_SECRET: SECRET });
});
afterAll(async () => {
  await server.stop();
  await library.remove();
});

/** What `seamline sign` prints, as a whole URL. */
async function sign(...args: string[]): Promise<URL> {
  const env = { ...process.env, AUTH_SECRET: SECRET };
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, "sign", ...args], { env });
  return new URL(stdout.trimEnd(), server.url);
}

/** All URLs below a multivariant playlist, as a player finds them: nothing is added to what is printed. */
async function follow(master: URL) {
  const { variants, media } = readMultivariantPlaylist(await textOf(master));
  const playlists = [...variants.map(({ uri }) => uri), ...media.map((each) => each.get("URI")!)];
  const urls = playlists.map((uri) => new URL(uri, master));
  const segments = await Promise.all(
    urls.map(async (url) => {
      const { map, segments } = readMediaPlaylist(await textOf(url));
      return [map, ...segments.map(({ uri }) => uri)].map((uri) => new URL(uri, url));
    }),
  );
  return { playlists: urls, segments };
}

async function textOf(url: URL): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}

const problemOf = async (url: URL) => {
  const response = await fetch(url);
  return [response.status, ((await response.json()) as { code: string }).code];
};

function withToken(url: URL, token: string | undefined): URL {
  const other = new URL(url);
  other.search = token === undefined ? "" : `?token=${token}`;
  return other;
}

describe("a signed link to a title", () => {
  it("is all a player needs: the token goes on to every URL below it", async () => {
    const master = await sign("films/a film.mp4");
    expect(master.pathname).toBe("/hls/films/a%20film.mp4/master.m3u8");
    const { playlists, segments } = await follow(master);
    expect(playlists.length).toBeGreaterThan(2);
    for (const url of [...playlists, ...segments.flat()]) expect(url.search).toBe(master.search);
    // The init segment and the first of one rung, and of the sound.
    for (const rendition of [segments[0]!, segments.at(-1)!]) {
      for (const url of rendition.slice(0, 2)) {
        const response = await fetch(url);
        expect(response.status).toBe(200);
        expect(response.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(500);
      }
    }
  });

  it("plays in FFmpeg as it is", async () => {
    const { href } = await sign("films/a film.mp4");
    const args = ["-v", "error", "-i", href, "-map", "v:0", "-map", "a:0", "-t", "3", "-f", "framecrc", "-"];
    const { stdout, stderr } = await promisify(execFile)("ffmpeg", args);
    expect(stderr).toBe("");
    expect(stdout.split("\n").filter((line) => line.startsWith("0,")).length).toBeGreaterThan(70);
    expect(stdout.split("\n").filter((line) => line.startsWith("1,")).length).toBeGreaterThan(130);
  });

  it("opens nothing below it once the token is gone, garbled, or another title's", async () => {
    const { playlists, segments } = await follow(await sign("films/a film.mp4"));
    const other = (await sign("films/other.mp4")).searchParams.get("token")!;
    for (const url of [playlists[0]!, segments[0]![0]!, segments[0]![1]!]) {
      expect(await problemOf(withToken(url, undefined))).toEqual([401, "token-missing"]);
      expect(await problemOf(withToken(url, other.slice(0, -1)))).toEqual([401, "token-invalid"]);
      expect(await problemOf(withToken(url, other))).toEqual([403, "token-not-for-this"]);
    }
  });

  it("ends when it says: playlists and segments alike", async () => {
    const { playlists, segments } = await follow(await sign("films/a film.mp4"));
    const keys = await importAccessKeys([SECRET]);
    const expired = await signToken({ prefix: "films/a film.mp4", expiresAt: 1 }, keys);
    for (const url of [playlists[0]!, segments[0]![0]!, segments[0]![1]!]) {
      expect(await problemOf(withToken(url, expired))).toEqual([403, "token-expired"]);
    }
    expect(await problemOf(await sign("films/a film.mp4", "--expires", "0s"))).toEqual([
      403,
      "token-expired",
    ]);
  });

  it("shares no playlist with another link to the same title", async () => {
    const links = [
      await sign("films/a film.mp4", "--viewer", "anna"),
      await sign("films/a film.mp4", "--viewer", "bert"),
    ];
    const [annas, berts] = await Promise.all(links.map(follow));
    for (const [mine, others] of [
      [links[0]!, links[1]!],
      [annas!.playlists[0]!, berts!.playlists[0]!],
    ] as const) {
      const response = await fetch(mine);
      await response.text();
      expect(response.headers.get("cache-control")).toMatch(/^private/);
      const etag = response.headers.get("etag")!;
      expect((await fetch(mine, { headers: { "if-none-match": etag } })).status).toBe(304);
      // What anna's player has is not what bert's is to get.
      const crossed = await fetch(others, { headers: { "if-none-match": etag } });
      expect(crossed.status).toBe(200);
      expect(await crossed.text()).toContain(others.search);
    }
  });
});

describe("a signed link to a folder", () => {
  it("lists the titles in it, each with a link that works, and no others", async () => {
    const page = await sign("films/");
    expect(page.pathname).toBe("/");
    const list = new URL(`/api/titles${page.search}`, server.url);
    const { titles } = JSON.parse(await textOf(list)) as { titles: { path: string; hls: string }[] };
    expect(titles.map(({ path }) => path)).toEqual(["films/a film.mp4", "films/other.mp4"]);
    for (const { hls } of titles) await textOf(new URL(hls, server.url));
    const outside = new URL(`/hls/private.mp4/master.m3u8${page.search}`, server.url);
    expect(await problemOf(outside)).toEqual([403, "token-not-for-this"]);
  });

  it("opens nothing else by another spelling of the address", async () => {
    const { search } = await sign("films/");
    for (const path of [
      // The router takes both for /hls/; cut off by length, the first would be s/private.mp4.
      ...["/%68ls/private.mp4/master.m3u8", "/hl%73/private.mp4/master.m3u8"],
      ...["//hls/private.mp4/master.m3u8", "/hls//private.mp4/master.m3u8"],
      ...["/hls/films/..%2Fprivate.mp4/master.m3u8", "/hls/films%2F..%2Fprivate.mp4/master.m3u8"],
      ...["/HLS/private.mp4/master.m3u8", "/hls/films/%2e%2e/s/private.mp4/master.m3u8"],
    ]) {
      const response = await fetch(server.url.slice(0, -1) + path + search);
      expect([403, 404], path).toContain(response.status);
    }
  });

  it("that is the whole media folder opens everything", async () => {
    const { search } = await sign("/");
    const { titles } = JSON.parse(await textOf(new URL(`/api/titles${search}`, server.url)));
    expect(titles).toHaveLength(4);
  });

  it("is needed for the list, and not for the page itself", async () => {
    expect(await problemOf(new URL("/api/titles", server.url))).toEqual([401, "token-missing"]);
    expect(await textOf(new URL("/", server.url))).toContain("<title>Seamline</title>");
  });
});

describe("seamline sign", () => {
  it.each([
    [["../etc/passwd"], "no path in the media folder"],
    [["/films/a.mp4"], "no path in the media folder"],
    [["films//"], "no path in the media folder"],
    [[], "missing required argument 'path'"],
    [["a.mp4", "b.mp4"], "too many arguments"],
    [["a.mp4", "--expires", "tomorrow"], "must be such as"],
    [["a.mp4", "--for-ever", "1"], "unknown option '--for-ever'"],
  ])("refuses %j", async (args, why) => {
    await expect(sign(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});
