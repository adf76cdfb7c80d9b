import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Manner } from "../support/film-origin.ts";
import { askedRange, type FilmHost, isOpening, partOf, refusal, startFilmHost, status } from "./film-host.ts";

let host: FilmHost;

beforeAll(async () => {
  host = await startFilmHost();
  await writeFile(join(host.folder, "empty.mp4"), "");
  await writeFile(join(host.folder, "cut.mp4"), host.film.subarray(0, host.film.length / 2));
  await writeFile(join(host.folder, "noise.mp4"), Buffer.alloc(50_000, "noise"));
});
afterAll(() => host?.stop());
afterEach(() => host.origin.behave("film.mp4"));

/** Servers of this process that listen. */
const listening = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;

const raw =
  (text: string): Manner =>
  (request) =>
    void request.socket.end(text);

const film = (headers?: Parameters<typeof partOf>[1]) => partOf(host.film, headers);

describe("a host of films", () => {
  it("is looked up once for each job, and left in peace afterwards", async () => {
    const before = listening();
    expect(refusal(await host.watch("film.mp4"))).toBe("played");
    // A probe, a job of pictures, one of sound, a look for the original's keyframes, and a copy of a part of it.
    expect(host.lookups).toEqual(Array(5).fill("films.test"));
    expect(host.origin.requests.filter((asked) => asked === "/film.mp4 bytes=0-7")).toHaveLength(5);
    await expect.poll(host.origin.connections).toBe(0);
    await expect.poll(listening).toBe(before);
  });

  it("may send less at a time than it is asked for", async () => {
    host.origin.behave("film.mp4", (request, response, plainly) => {
      const { first, last } = askedRange(request);
      request.headers.range = `bytes=${first}-${Math.min(last, first + 99_999)}`;
      film()(request, response, plainly);
    });
    expect(refusal(await host.watch("film.mp4"))).toBe("played");
  });

  it("may know no more of a version than when it was last changed", async () => {
    host.origin.behave(
      "film.mp4",
      film({ etag: undefined, "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" }),
    );
    expect(refusal(await host.watch("film.mp4"))).toBe("played");
  });

  it.each([
    ["has no such file", "missing.mp4", "source-not-found"],
    ["has an empty file", "empty.mp4", "source-empty"],
    ["has half of the film", "cut.mp4", "source-damaged"],
    ["has something else", "noise.mp4", "not-media"],
  ])("that %s says so", async (_what, name, code) => {
    expect(refusal(await host.watch(name))).toMatch(new RegExp(`^probe ${code}: `));
  });

  it.each<[string, () => Manner, string]>([
    ["doesn't let it be read", () => status(403), "source-unreadable"],
    ["fails", () => status(500), "source-unreachable"],
    ["knows no ranges", () => status(200), "host-unsuitable"],
    ["doesn't know the length", () => film({ "content-range": "bytes 0-7/*" }), "host-unsuitable"],
    ["doesn't say what it sends", () => film({ "content-range": undefined }), "host-unsuitable"],
    ["can't tell versions apart", () => film({ etag: undefined }), "host-unsuitable"],
    ["compresses", () => film({ "content-encoding": "gzip" }), "host-unsuitable"],
    ["sends heads without an end", () => film({ "x-long": "x".repeat(20_000) }), "source-unreachable"],
    ["speaks no HTTP", () => raw("SSH-2.0-OpenSSH_9.2\r\n"), "source-unreachable"],
    ["hangs up", () => raw(""), "source-unreachable"],
  ])("that %s is told of", async (_what, manner, code) => {
    host.origin.behave("film.mp4", manner());
    const outcome = refusal(await host.watch("film.mp4"));
    expect(outcome).toMatch(new RegExp(`^probe ${code}: `));
    expect(outcome).not.toContain("127.0.0.1");
    await expect.poll(host.origin.connections).toBe(0);
  });

  it.each<[string, () => Manner]>([
    ["another part", () => film({ "content-range": `bytes 0-7/${host.film.length}` })],
    [
      "more than it says",
      () =>
        partOf(host.film, { "content-length": undefined }, (first) =>
          Buffer.concat([host.film.subarray(first), Buffer.alloc(9)]),
        ),
    ],
    ["a part of a file of another length", () => film({ "content-range": "bytes 0-7/999999999" })],
  ])("that sends %s is found out", async (_what, manner) => {
    host.origin.behave("film.mp4", (request, response, plainly) =>
      (isOpening(request) ? film() : manner())(request, response, plainly),
    );
    expect(refusal(await host.watch("film.mp4"))).toMatch(/^probe (host-unsuitable|source-changed): /);
  });
});

describe("a host that fails in the middle of a film", () => {
  /** In force from the first job of pictures on: the probe has found nothing wrong. */
  const afterProbe = (manner: Manner): Manner => {
    let opened = 0;
    return (request, response, plainly) => {
      if (isOpening(request)) opened += 1;
      (opened < 2 || isOpening(request) ? film() : manner)(request, response, plainly);
    };
  };
  /** Sends the beginning of what is asked for. */
  const breakOff =
    (end: (request: Parameters<Manner>[0]) => void): Manner =>
    (request, response) => {
      const { first, last } = askedRange(request);
      response.writeHead(206, {
        etag: '"1"',
        "content-range": `bytes ${first}-${last}/${host.film.length}`,
        "content-length": last - first + 1,
      });
      response.write(host.film.subarray(first, Math.min(first + 30_000, last)), () => end(request));
    };

  it.each<[string, () => Manner, string]>([
    ["cuts the connection", () => breakOff((request) => request.socket.destroy()), "source-unreachable"],
    ["falls silent", () => breakOff(() => {}), "source-timeout"],
    ["has another version", () => film({ etag: '"2"' }), "source-changed"],
    ["has a shorter file", () => status(416), "source-unreachable"],
    ["has no file", () => status(404), "source-not-found"],
  ])(
    "and %s: nothing is made of it, and the film plays once that is over",
    async (_what, manner, code) => {
      host.origin.behave("film.mp4", afterProbe(manner()));
      expect(refusal(await host.watch("film.mp4"))).toMatch(new RegExp(`^video ${code}: `));
      expect(await host.made()).toEqual([]);
      await expect.poll(host.origin.connections).toBe(0);
      host.origin.behave("film.mp4", film());
      expect(refusal(await host.watch("film.mp4", { keepStorage: true }))).toBe("played");
    },
    30_000,
  );

  it("or never answers is not waited for", async () => {
    host.origin.behave("film.mp4", () => {});
    const outcome = refusal(await host.watch("film.mp4"));
    expect(outcome).toMatch(/^probe source-timeout: The host of .* did not answer/);
    await expect.poll(host.origin.connections).toBe(0);
  }, 30_000);

  it("or not is let go of when nobody waits for the film any more", async () => {
    const leaving = new AbortController();
    const before = listening();
    host.origin.behave("film.mp4", (request, response, plainly) => {
      const stuck = breakOff(() => leaving.abort(new Error("nobody waits")));
      (isOpening(request) ? film() : stuck)(request, response, plainly);
    });
    await expect(host.watch("film.mp4", { signal: leaving.signal })).rejects.toThrow("nobody waits");
    await expect.poll(host.origin.connections).toBe(0);
    await expect.poll(listening).toBe(before);
  });
});
