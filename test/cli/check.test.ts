import { once } from "node:events";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StreamReport } from "../../check/check-stream.ts";
import { rules, type ViolationCode } from "../../check/rule-book.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { runSeamline } from "../support/seamline.ts";
import * as breaks from "./break-stream.ts";
import { addSubtitles, makeStream, streamNames } from "./hls-by-ffmpeg.ts";
import { smallFilm } from "./small-film.ts";

const { all, edit, remove, shift } = breaks;

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "seamline-check-test-"));
});
afterAll(() => rm(work, { recursive: true, force: true }));

/** What the program reports of a stream, with its exit code. */
async function check(url: string, ...flags: string[]) {
  const { exitCode, stdout, stderr } = await runSeamline(["check", url, "--json", ...flags]);
  expect(stderr).toBe("");
  return { exitCode, ...(JSON.parse(stdout) as StreamReport & { errors: number; warnings: number }) };
}

describe("a stream without a fault", () => {
  test.each(streamNames)("by ffmpeg, %s, passes", async (name) => {
    const url = await makeStream(name, join(work, "good"));
    const { exitCode, violations, totals } = await check(url);
    expect({ exitCode, violations }).toEqual({ exitCode: 0, violations: [] });
    expect(totals.segments).toBeGreaterThanOrEqual(4);
  });

  describe("that is made while it is checked", () => {
    let server: EmbeddedServer;
    let films: string;
    beforeAll(async () => {
      films = await mkdtemp(join(tmpdir(), "seamline-check-films-"));
      await cp(await smallFilm(), join(films, "film.mkv"));
      server = await startServer(films);
    });
    afterAll(async () => {
      await server?.stop();
      await rm(films, { recursive: true, force: true });
    });

    test.each(["master.m3u8", "original.m3u8"])("passes: %s", async (name) => {
      const { exitCode, violations, totals } = await check(`${server.url}hls/film.mkv/${name}`);
      const errors = violations.filter(({ severity }) => severity === "error");
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] });
      // The original is cut elsewhere than its sound, and says so in another target duration.
      if (name === "master.m3u8") expect(violations).toEqual([]);
      expect(totals.playlists).toBeGreaterThan(3);
    });
  });
});

/** What is broken, how, and all the codes that this is to be reported by. */
const broken: readonly (readonly [string, breaks.Break, readonly ViolationCode[]])[] = [
  ["a media playlist without its first line", edit("v.m3u8", "#EXTM3U\n", ""), ["not-a-playlist"]],
  [
    "a tag that can't be read",
    edit("v.m3u8", "#EXTINF:1.000000,", "#EXTINF:one,"),
    ["tag-malformed", "bandwidth-exceeded", "rendition-short", "extinf-wrong", "playlist-drift"],
  ],
  [
    "a tag that stands twice",
    edit("v.m3u8", "#EXT-X-VERSION:7", "#EXT-X-VERSION:7\n#EXT-X-VERSION:7"),
    ["tag-duplicate"],
  ],
  ["a variant without BANDWIDTH", edit("master.m3u8", /BANDWIDTH=\d+,RES/, "RES"), ["attribute-missing"]],
  ["EXTINF without a URI", edit("v.m3u8", "v3.m4s\n", ""), ["uri-missing", "rendition-short"]],
  ["a version below what is used", edit("v.m3u8", "VERSION:7", "VERSION:3"), ["version-too-low"]],
  [
    "no target duration",
    edit("v.m3u8", "#EXT-X-TARGETDURATION:1\n", ""),
    ["target-duration-missing", "target-duration-differs"],
  ],
  [
    "segments beyond the target duration",
    edit("v.m3u8", "DURATION:1", "DURATION:0"),
    ["target-duration-exceeded", "target-duration-differs"],
  ],
  ["a playlist that does not end", edit("v.m3u8", "#EXT-X-ENDLIST\n", ""), ["endlist-missing"]],
  [
    "a group that is not there",
    edit("master.m3u8", /AUDIO="group_snd"/, 'AUDIO="none"'),
    ["group-missing", "codecs-wrong"],
  ],
  ["a segment that is not there", remove("v2.m4s"), ["resource-missing"]],
  ["an init segment that is not there", remove("init_0.mp4"), ["resource-missing"]],
  [
    "a range beyond the end",
    edit("v.m3u8", "v1.m4s", "#EXT-X-BYTERANGE:9999999@0\nv1.m4s"),
    ["byte-range-outside"],
  ],
  ["no EXT-X-MAP", edit("v.m3u8", /#EXT-X-MAP.*\n/, ""), ["map-missing"]],
  ["an init segment that is none", edit("v.m3u8", "init_0.mp4", "v0.m4s"), ["init-unreadable"]],
  ["a segment of another track", breaks.changeTrack("v1.m4s", 9), ["init-mismatch"]],
  ["a segment that was cut short", breaks.cutShort("v1.m4s"), ["segment-unreadable"]],
  [
    "a segment without a decode time",
    breaks.rename("v1.m4s", "tfdt", "free"),
    ["decode-time-missing", "playlist-drift", "gap"],
  ],
  [
    "an EXTINF that is off by 0.4 s",
    edit("v.m3u8", "#EXTINF:1.000000,\nv1", "#EXTINF:1.400000,\nv1"),
    ["extinf-wrong"],
  ],
  ["a gap of 0.2 s", shift(["v2.m4s", "v3.m4s"], 2560), ["gap"]],
  ["an overlap of 0.2 s", shift(["v2.m4s", "v3.m4s"], -2560), ["overlap"]],
  [
    "a segment that was left out",
    edit("v.m3u8", "#EXTINF:1.000000,\nv2.m4s\n", ""),
    ["gap", "playlist-drift", "rendition-short"],
  ],
  [
    "time stamps that jump",
    shift(["v2.m4s", "v3.m4s"], 12800 * 100),
    ["discontinuity-missing", "playlist-drift"],
  ],
  [
    "other tracks all at once",
    edit("v.m3u8", "v3.m4s", 'v3.m4s\n#EXT-X-MAP:URI="init_1.mp4"\n#EXTINF:1.002667,\na0.m4s'),
    ["discontinuity-missing", "playlist-drift"],
  ],
  ["a segment that begins with no keyframe", breaks.dropSync("v2.m4s"), ["segment-not-independent"]],
  ["CODECS of another profile", edit("master.m3u8", "avc1.42c00d", "avc1.640028"), ["codecs-wrong"]],
  ["another RESOLUTION", edit("master.m3u8", "320x180", "640x360"), ["resolution-wrong"]],
  [
    "another FRAME-RATE",
    edit("master.m3u8", "RESOLUTION", "FRAME-RATE=30.000,RESOLUTION"),
    ["frame-rate-wrong"],
  ],
  [
    "less BANDWIDTH than segments need",
    edit("master.m3u8", /BANDWIDTH=\d+,RES/, "BANDWIDTH=300000,RES"),
    ["bandwidth-exceeded"],
  ],
  [
    "less AVERAGE-BANDWIDTH",
    edit("master.m3u8", "RESOLUTION", "AVERAGE-BANDWIDTH=300000,RESOLUTION"),
    ["average-bandwidth-exceeded"],
  ],
  [
    "sound half a second late",
    shift(
      [0, 1, 2, 3, 4].map((k) => `a${k}.m4s`),
      24_000,
    ),
    ["renditions-unaligned"],
  ],
  ["subtitles that are no WebVTT", edit("s2.vtt", "WEBVTT", "1"), ["webvtt-malformed"]],
  [
    "a time stamp map that can't be read",
    edit("s0.vtt", "MPEGTS:0", "MPEGTS:x"),
    ["timestamp-map-malformed"],
  ],
  ["a cue in the wrong segment", edit("s0.vtt", "MPEGTS:0", "MPEGTS:180000"), ["cue-outside"]],
];

describe("a stream with a fault", () => {
  let good: string;
  beforeAll(async () => {
    good = dirname(await makeStream("fragmented MP4 with sound of its own", join(work, "whole")));
    await addSubtitles(good, 0);
    const media = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",URI="s.m3u8"\n';
    await edit("master.m3u8", "#EXT-X-STREAM-INF", `${media}#EXT-X-STREAM-INF`)(good);
    await edit("master.m3u8", 'AUDIO="group_snd"\nv', 'AUDIO="group_snd",SUBTITLES="subs"\nv')(good);
  });

  test("is told from one without", async () => {
    expect(await check(join(good, "master.m3u8"))).toMatchObject({ exitCode: 0, violations: [] });
  });

  test.concurrent.each(broken)("has %s", async (name, breakIt, codes) => {
    const folder = join(work, name.replaceAll(/\W/g, "-"));
    await cp(good, folder, { recursive: true });
    await breakIt(folder);
    const { exitCode, violations } = await check(join(folder, "master.m3u8"), "--no-decode");
    expect(new Set(violations.map(({ code }) => code))).toEqual(new Set(codes));
    expect(exitCode).toBe(codes.some((code) => rules[code].severity === "error") ? 1 : 0);
    for (const { place, expected, found, section } of violations) {
      expect(place.url).toContain(folder);
      expect(expected).not.toBe(found);
      expect(section).toMatch(/^RFC 8216bis \d/);
    }
  });

  test("has damaged pictures where two segments meet, and the decoder's words for it", async () => {
    const folder = join(work, "damaged");
    await cp(good, folder, { recursive: true });
    await breaks.damage("v2.m4s")(folder);
    const { exitCode, violations } = await check(join(folder, "master.m3u8"));
    expect(exitCode).toBe(1);
    expect(violations.map(({ code, place }) => [code, place.segment])).toContainEqual([
      "decoder-complaint",
      2,
    ]);
  });

  test("has an overlap and a gap in MPEG-TS", async () => {
    const path = await makeStream("MPEG-TS", join(work, "ts"));
    const swap = all(
      edit("index.m3u8", "index1.ts", "x"),
      edit("index.m3u8", "index2.ts", "index1.ts"),
      edit("index.m3u8", "\nx", "\nindex2.ts"),
    );
    await swap(dirname(path));
    const { exitCode, violations } = await check(path, "--no-decode");
    expect(exitCode).toBe(1);
    const codes = new Set(violations.map(({ code }) => code));
    expect(codes).toEqual(new Set(["gap", "overlap", "playlist-drift"]));
  });

  test("is told to people with the place, and at most three times each", async () => {
    const folder = join(work, "people");
    await cp(good, folder, { recursive: true });
    await edit("v.m3u8", /1\.000000/g, "1.400000")(folder);
    const { exitCode, stdout } = await runSeamline(["check", join(folder, "master.m3u8"), "--no-decode"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      "error extinf-wrong: EXTINF is not how long the segment lasts\n  at       v.m3u8, segment 0, line 8\n",
    );
    expect(stdout).toContain("… and 1 more extinf-wrong");
    expect(stdout).toMatch(/\n\d+ errors, \d+ warnings? in 4 playlists, 13 segments, /);
  });
});

describe("a stream on a server", () => {
  const type = (path: string) =>
    path.endsWith(".m3u8")
      ? "application/vnd.apple.mpegurl"
      : path.includes("2")
        ? "text/html"
        : "video/mp2t";
  let busy = 2;
  const server = createServer(async (request, response) => {
    const path = request.url!.slice(1);
    const bytes = await readFile(join(work, "served", path)).catch(() => undefined);
    if (!bytes) return response.writeHead(404).end();
    if (path === "index1.ts" && busy-- > 0) return response.writeHead(503, { "retry-after": "0" }).end();
    return response.writeHead(200, { "content-type": type(path) }).end(bytes);
  });
  let url: string;
  beforeAll(async () => {
    await makeStream("MPEG-TS", join(work, "served"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.m3u8`;
  });
  afterAll(() => server.close());

  test("is asked again while it is not ready, and told of a wrong content type", async () => {
    const { exitCode, violations } = await check(url, "--no-decode");
    expect(violations).toMatchObject([{ code: "content-type", place: { segment: 2 }, found: "text/html" }]);
    expect(exitCode).toBe(0);
    expect((await check(url, "--no-decode", "--strict")).exitCode).toBe(1);
  });

  test("that is missing is one violation", async () => {
    const { exitCode, violations } = await check(url.replace("index", "nothing"));
    expect(exitCode).toBe(1);
    expect(violations).toMatchObject([{ code: "resource-missing", found: "404 Not Found" }]);
  });
});
