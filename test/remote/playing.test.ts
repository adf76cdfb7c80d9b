import { copyFile, mkdir, mkdtemp, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTitle, type PlayedRendition, play } from "../conformance/served-title.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { type FilmOrigin, startFilmOrigin } from "../support/film-origin.ts";
import { footage } from "../support/footage.ts";
import { runProgram } from "../support/run-program.ts";
import { startProcess } from "../support/server-process.ts";

/** A seal, at the end of each object, also covers its name, which holds the title key. */
const SEAL_BYTES = 32;
/** None of these is a variant as it is, for which a host would not be asked: here and there they are cut alike. */
const FILMS = {
  "two words.mp4": "rotated-mp4",
  "open gop.mkv": "open-gop-mkv",
  "transport stream.ts": "ts-offset-late-audio",
} as const;

let media: string;
let origin: FilmOrigin;
let server: EmbeddedServer;

beforeAll(async () => {
  media = await mkdtemp(join(tmpdir(), "seamline-remote-"));
  for (const [name, source] of Object.entries(FILMS))
    await copyFile(await footage(source), join(media, name));
  origin = await startFilmOrigin(media);
  server = await startServer(media, { SOURCE_PRIVATE_HOSTS: origin.host });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await origin?.stop();
  await rm(media, { recursive: true, force: true });
});

const remote = (name: string) => `http:/${origin.host}/${name}`;
const masterUrl = (path: string, base = server.url) =>
  `${base}hls/${path.split("/").map(encodeURIComponent).join("/")}/master.m3u8`;
const problemAt = async (url: string) => {
  const response = await fetch(url);
  return { ...((await response.json()) as object), retryAfter: response.headers.get("retry-after") };
};

/** The first segment and one in the middle, of the smallest rung and of the first sound. */
async function playParts(path: string): Promise<PlayedRendition[]> {
  const { rungs, sounds } = await openTitle(server.url, path);
  return play([rungs[0]!, sounds[0]!], 1, ({ playlist: { segments } }) => [
    0,
    Math.floor(segments.length / 2),
  ]);
}

const bytesOf = (parts: readonly PlayedRendition[]) =>
  parts.map(({ rendition, init, segments }) => ({
    id: rendition.id,
    media: [init, ...segments]
      .filter(Boolean)
      .map((bytes) => bytes.subarray(0, -SEAL_BYTES).toString("base64")),
  }));

describe("a film on a listed host", () => {
  it.each(Object.keys(FILMS))(
    "plays, %s, with the bytes of the same film in the media folder",
    async (name) => {
      const here = bytesOf(await playParts(name));
      expect(here.map(({ media: parts }) => parts.length)).toEqual([3, 3]);
      expect(bytesOf(await playParts(remote(name)))).toEqual(here);
    },
  );

  it("is read by this program alone, whatever proxy the environment names for FFmpeg", async () => {
    const proxy = await startFilmOrigin(media);
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: `http://${proxy.host}`, no_proxy: "" });
    const other = await startServer(media, { SOURCE_PRIVATE_HOSTS: origin.host });
    try {
      expect((await fetch(masterUrl(remote("two words.mp4"), other.url))).status).toBe(200);
      expect(proxy.requests).toEqual([]);
    } finally {
      process.env = before;
      await other.stop();
      await proxy.stop();
    }
  });

  it("that is replaced gets a new playlist, and what the old one names is gone", async () => {
    const name = "replaced.mp4";
    await copyFile(join(media, "two words.mp4"), join(media, name));
    const old = (await openTitle(server.url, remote(name))).rungs[0]!;
    const segment = new URL(old.playlist.segments[3]!.uri, old.url).href;
    const later = new Date(Date.now() + 60_000);
    await utimes(join(media, name), later, later);
    expect(await problemAt(segment)).toMatchObject({ status: 404, code: "source-changed" });
    const fresh = async () => (await openTitle(server.url, remote(name))).rungs[0]!.url.href;
    await expect.poll(fresh, { timeout: 120_000 }).not.toBe(old.url.href);
  });

  it("whose connection breaks off once is a little late, and whole", async () => {
    const name = "breaks off.mp4";
    await copyFile(join(media, "two words.mp4"), join(media, name));
    const { rungs } = await openTitle(server.url, remote(name));
    let cuts = 0;
    origin.behave(name, (request, response, plainly) => {
      const isCut = request.headers.range !== "bytes=0-7" && cuts === 0;
      plainly();
      if (!isCut) return;
      cuts += 1;
      response.once("pipe", () => response.socket!.destroy());
    });
    const [late] = await play([rungs[0]!], 1, () => [3]);
    expect(cuts).toBe(1);
    origin.behave(name);
    const [here] = await play([(await openTitle(server.url, name)).rungs[0]!], 1, () => [3]);
    expect(bytesOf([late!])).toEqual(bytesOf([here!]));
  });

  it("has its path to itself: what lies in a folder of that name is not listed", async () => {
    await mkdir(join(media, "http:/films"), { recursive: true });
    await copyFile(join(media, "two words.mp4"), join(media, "http:/films/shadowed.mp4"));
    const { titles } = (await (await fetch(`${server.url}api/titles`)).json()) as {
      titles: { path: string }[];
    };
    expect(titles.map(({ path }) => path)).toContain("two words.mp4");
    expect(titles.filter(({ path }) => path.includes("shadowed"))).toEqual([]);
  });

  it("that is not there is no title", async () => {
    const problem = await problemAt(masterUrl(remote("missing.mp4")));
    expect(problem).toMatchObject({ status: 404, code: "source-not-found" });
  });
});

describe("a film that may not be fetched", () => {
  beforeAll(() => copyFile(join(media, "two words.mp4"), join(media, "forbidden.mp4")));

  /** What was asked about it; others may still be read, ahead of those who played them. */
  const asked = () => origin.requests.filter((request) => request.startsWith("/forbidden.mp4"));

  it("is any on another host, unless hosts are listed", async () => {
    const plain = await startServer(media);
    try {
      const problem = await problemAt(masterUrl(remote("forbidden.mp4"), plain.url));
      expect(problem).toMatchObject({ status: 403, code: "source-not-allowed" });
      expect(asked()).toEqual([]);
    } finally {
      await plain.stop();
    }
  });

  it.each([
    ["another host", () => "https:/evil.example/a.mp4"],
    ["another port of a listed host", () => `http:/127.0.0.1:${origin.port + 1}/forbidden.mp4`],
    ["a listed host over another port by default", () => "http:/127.0.0.1/forbidden.mp4"],
    ["a name of a listed address", () => `http:/localhost:${origin.port}/forbidden.mp4`],
    ["hexadecimal spelling", () => `http:/0x7f.1:${origin.port}/forbidden.mp4`],
    ["a number for an address", () => `http:/2130706433:${origin.port}/forbidden.mp4`],
    ["a short address", () => `http:/127.1:${origin.port}/forbidden.mp4`],
    ["an IPv4 address in IPv6", () => `http:/[::ffff:127.0.0.1]:${origin.port}/forbidden.mp4`],
    ["the same, as the standard spells it", () => `http:/[::ffff:7f00:1]:${origin.port}/forbidden.mp4`],
    ["a user", () => `http:/anna:hunter2@${origin.host}/forbidden.mp4`],
  ])("is refused at once, with nothing asked or queued: %s", async (_what, path) => {
    const problem = await problemAt(masterUrl(path()));
    expect(problem).toMatchObject({ status: 403, code: "source-not-allowed" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect(asked()).toEqual([]);
  });

  it.each(["127.0.0.1", "localhost", "[::ffff:7f00:1]"])(
    "lies in a private network, though its host is listed: %s",
    async (name) => {
      const host = `${name}:${origin.port}`;
      const other = await startServer(media, { SOURCE_HOSTS: host });
      try {
        const problem = await problemAt(masterUrl(`http:/${host}/forbidden.mp4`, other.url));
        expect(problem).toMatchObject({
          status: 403,
          code: "source-not-allowed",
          detail: expect.stringContaining("SOURCE_PRIVATE_HOSTS"),
        });
        expect(asked()).toEqual([]);
      } finally {
        await other.stop();
      }
    },
  );
});

describe("a film over TLS", () => {
  let secure: FilmOrigin;
  let certificate: string;

  beforeAll(async () => {
    const key = join(media, "key.pem");
    certificate = join(media, "cert.pem");
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    await runProgram("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject],
      ...["-keyout", key, "-out", certificate],
    ]);
    const files = { key: await readFile(key, "utf8"), cert: await readFile(certificate, "utf8") };
    secure = await startFilmOrigin(media, { certificate: files, hostname: "localhost" });
  });
  afterAll(() => secure?.stop());

  const withHosts = async (environment: Record<string, string>, check: (url: string) => Promise<void>) => {
    const other = await startProcess(media, { environment });
    try {
      await check(other.url);
    } finally {
      await other.stop();
    }
  };

  it("plays where the certificate is trusted; no redirect leads out of TLS", async () => {
    const environment = {
      SOURCE_PRIVATE_HOSTS: `${secure.host},${origin.host}`,
      NODE_EXTRA_CA_CERTS: certificate,
    };
    await withHosts(environment, async (url) => {
      expect((await fetch(masterUrl(`https:/${secure.host}/two words.mp4`, url))).status).toBe(200);
      const location = `http://${origin.host}/two%20words.mp4`;
      secure.behave(
        "elsewhere.mp4",
        (_request, response) => void response.writeHead(302, { location }).end(),
      );
      origin.requests.splice(0);
      const problem = await problemAt(masterUrl(`https:/${secure.host}/elsewhere.mp4`, url));
      expect(problem).toMatchObject({ status: 403, code: "source-not-allowed" });
      expect(origin.requests).toEqual([]);
    });
  });

  it("is not read where the certificate is not", async () => {
    await withHosts({ SOURCE_PRIVATE_HOSTS: secure.host, LOG_LEVEL: "silent" }, async (url) => {
      const problem = await problemAt(masterUrl(`https:/${secure.host}/two words.mp4`, url));
      expect(problem).toMatchObject({
        status: 502,
        code: "source-unreachable",
        detail: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
      });
    });
  });
});
