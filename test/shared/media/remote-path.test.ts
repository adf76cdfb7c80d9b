import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multivariantPlaylistUrl, parseHlsUrl } from "../../../orchestrator/hls-path.ts";
import { FaultError } from "../../../shared/fault.ts";
import { isRemotePath, isSourceHost, remoteUrl } from "../../../shared/media/remote-path.ts";

const hosts = { public: ["films.example", "films.example:8443", "[2606:4700::1]"], private: ["nas:8080"] };

function refusalOf(path: string, list = hosts): string {
  try {
    return `allowed: ${remoteUrl(path, list).href}`;
  } catch (error) {
    expect(error).toBeInstanceOf(FaultError);
    expect((error as FaultError).code).toBe("source-not-allowed");
    return (error as FaultError).message;
  }
}

describe("a remote path", () => {
  it.each([
    ["https:/films.example/a.mp4", "https://films.example/a.mp4"],
    ["http:/films.example/a.mp4", "http://films.example/a.mp4"],
    ["https:/films.example:8443/x/y/a.mp4", "https://films.example:8443/x/y/a.mp4"],
    ["http:/nas:8080/a.mp4", "http://nas:8080/a.mp4"],
    ["https:/[2606:4700::1]/a.mp4", "https://[2606:4700::1]/a.mp4"],
    ["https:/films.example/a b?x=1#y&é%2F.mp4", "https://films.example/a%20b%3Fx%3D1%23y%26%C3%A9%252F.mp4"],
    ["https:/films.example/@/a:b.mp4", "https://films.example/%40/a%3Ab.mp4"],
  ])("%j is %s", (path, url) => {
    expect(remoteUrl(path, hosts).href).toBe(url);
  });

  it.each([
    "https:/films.example",
    "https:/films.example/",
    "https:/films.example//a.mp4",
    "https:/films.example/../a.mp4",
    "https:/films.example/./a.mp4",
    "https:/films.example/x/..",
    "https:/Films.Example/a.mp4",
    "https:/films.example:443/a.mp4",
    "https:/films.example:/a.mp4",
    "https:/films.example:08443/a.mp4",
    "https:/films%2eexample/a.mp4",
    "https:/anna@films.example/a.mp4",
    "https:/anna:hunter2@films.example/a.mp4",
    "https:/films.example\\@evil.example/a.mp4",
    "https:/films.example?/a.mp4",
    "https:/films.example#/a.mp4",
    "https:/ films.example/a.mp4",
    "https:/films.example\t/a.mp4",
    "https:/ｆilms.example/a.mp4",
    "https://films.example/a.mp4",
    "https:/films.example/\ud800.mp4",
    "https:/2606:4700::1/a.mp4",
  ])("%j is no address of a film", (path) => {
    const refusal = refusalOf(path);
    expect(refusal).toMatch(/^This is no address/);
    expect(refusal).not.toContain("hunter2");
  });

  it.each([
    "https:/evil.example/a.mp4",
    "https:/films.example.evil.example/a.mp4",
    "https:/films.example./a.mp4",
    "https:/a.films.example/a.mp4",
    "https:/films.example:8444/a.mp4",
    "https:/nas/a.mp4",
    "http:/nas:80800/a.mp4",
  ])("%j is of no listed host", (path) => {
    expect(refusalOf(path)).toMatch(/none of the SOURCE_HOSTS|no address/);
  });

  it.each([
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.1",
    "127.0.1",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "127.0.0.1.",
    "１２７.0.0.1",
  ])("has one spelling for an address: not %s", (host) => {
    expect(refusalOf(`http:/${host}/a.mp4`, { public: ["127.0.0.1"], private: ["127.0.0.1"] })).not.toMatch(
      /^allowed/,
    );
  });

  it("is refused while no host is listed", () => {
    const none = { public: [], private: [] };
    expect(refusalOf("https:/films.example/a.mp4", none)).toContain("no SOURCE_HOSTS are set");
  });

  it("of any kind that is allowed leads to a listed host, by the path that is written", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("films.example", "nas:8080", "..", ".", "", "a@films.example", "%2e", "\\", "?", "#"),
    );
    fc.assert(
      fc.property(fc.constantFrom("https:", "http:"), fc.array(piece, { maxLength: 4 }), (scheme, pieces) => {
        const result = refusalOf([scheme, ...pieces].join("/"));
        if (!result.startsWith("allowed: ")) return;
        const url = new URL(result.slice("allowed: ".length));
        expect([...hosts.public, ...hosts.private]).toContain(url.host);
        expect(decodeURIComponent(url.pathname)).toBe(`/${pieces.join("/").split("/").slice(1).join("/")}`);
        expect(url.username + url.password + url.search + url.hash).toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it("survives the URL of its playlist", () => {
    for (const path of ["https:/films.example:8443/a b/c?.mp4", "http:/[2606:4700::1]/a.mp4"]) {
      const printed = new URL(multivariantPlaylistUrl(path), "http://seamline");
      expect(parseHlsUrl(printed)).toEqual({ kind: "multivariant-playlist", path, isForAll: true });
      // As somebody would type it.
      const typed = new URL(`/hls/${path.replace("?", "%3F")}/master.m3u8`, "http://seamline");
      expect(parseHlsUrl(typed)).toEqual({ kind: "multivariant-playlist", path, isForAll: true });
    }
  });

  it("is told from a file in the media folder by its first piece", () => {
    expect(["https:/a", "http:/a/b"].filter(isRemotePath)).toEqual(["https:/a", "http:/a/b"]);
    expect(
      ["http:", "http:a", "films/https:/a", "ftp:/a", "HTTP:/a", " http:/a"].filter(isRemotePath),
    ).toEqual([]);
  });
});

describe("a host in the settings", () => {
  it.each([
    "films.example",
    "films.example:1",
    "nas:65535",
    "127.0.0.1",
    "[::1]:8080",
    "xn--bcher-kva.example",
  ])("may be %s", (host) => {
    expect(isSourceHost(host)).toBe(true);
  });

  it.each([
    "",
    "*",
    "*.films.example ",
    "https://films.example",
    "films.example/",
    "films.example:0",
    "films.example:65536",
    "films.example:",
    "Films.example",
    "a@films.example",
    "::1",
    "0x7f.1",
    "127.1",
    "bücher.example",
    "films.example?",
  ])("may not be %j", (host) => {
    expect(isSourceHost(host)).toBe(false);
  });
});
