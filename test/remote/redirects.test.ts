import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manner } from "../support/film-origin.ts";
import { type FilmHost, refusal, startFilmHost } from "./film-host.ts";

let host: FilmHost;
let victim: Server;
let calls: number;

beforeAll(async () => {
  host = await startFilmHost();
  victim = createServer((_request, response) => {
    calls += 1;
    response.end();
  });
  await new Promise<void>((resolve) => victim.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await host?.stop();
  victim?.close();
});

const to =
  (location: string | undefined, code = 302): Manner =>
  (_request, response) =>
    void response.writeHead(code, location === undefined ? {} : { location }).end();

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("(%i) on a listed host is followed, query and all", async (code) => {
    host.origin.behave("other.mp4", to("/film.mp4?signature=hunter2", code));
    expect(refusal(await host.watch("other.mp4"))).toBe("played");
    const asked = host.origin.requests;
    // When the film is opened, which each of three jobs does: what follows goes straight to where it led.
    expect(asked.filter((request) => request.startsWith("/other.mp4"))).toHaveLength(5);
    expect(asked.every((request) => /^\/(other\.mp4|film\.mp4\?signature=hunter2) /.test(request))).toBe(
      true,
    );
  });

  it.each([
    ["to a host that is not listed", "http://evil.test/film.mp4", "is none of the SOURCE_HOSTS"],
    ["to an address", "http://127.0.0.1:PORT/film.mp4", "is none of the SOURCE_HOSTS"],
    ["to an address in disguise", "http://0x7f.1:PORT/film.mp4", "is none of the SOURCE_HOSTS"],
    ["to an address in IPv6", "http://[::ffff:127.0.0.1]:PORT/film.mp4", "is none of the SOURCE_HOSTS"],
    [
      "to a listed host that has a private address",
      "http://public.test:PORT/film.mp4",
      "list it in SOURCE_PRIVATE_HOSTS",
    ],
    [
      "to a listed address that no films come from",
      "http://169.254.169.254/latest/meta-data/",
      "not on the internet",
    ],
    ["to another port", "http://films.test:PORT/film.mp4", "is none of the SOURCE_HOSTS"],
    ["to a file", "file:///etc/passwd", "to something that is not asked"],
    ["to another protocol", "gopher://127.0.0.1:PORT/", "to something that is not asked"],
    ["with a user", "http://anna:hunter2@HOST/film.mp4", "to something that is not asked"],
  ])("%s is not followed", async (_what, target, why) => {
    const port = String((victim.address() as AddressInfo).port);
    calls = 0;
    host.origin.behave("other.mp4", to(target.replace("PORT", port).replace("HOST", host.origin.host)));
    const policy = host.policy(`public.test:${port}`, "169.254.169.254");
    const outcome = refusal(await host.watch("other.mp4", { policy }));
    expect(outcome).toMatch(/^probe source-not-allowed: /);
    expect(outcome).toContain(why);
    expect(outcome).not.toContain("hunter2");
    expect(calls).toBe(0);
    expect(host.origin.requests).toEqual(["/other.mp4 bytes=0-7"]);
  });

  it.each([
    ["in a circle", "/other.mp4"],
    ["to nowhere", undefined],
    ["to nonsense", "http://["],
  ])("%s leads to no film", async (_what, location) => {
    host.origin.behave("other.mp4", to(location));
    expect(refusal(await host.watch("other.mp4"))).toMatch(/^probe host-unsuitable: /);
    expect(host.origin.requests.length).toBeLessThan(6);
  });
});
