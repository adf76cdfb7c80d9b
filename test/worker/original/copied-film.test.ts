import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRangeFile } from "../../../worker/original/range-file.ts";
import { readCues } from "../../../worker/original/read-cues.ts";
import { bytesBeforeSamples } from "../../../worker/original/sample-sizes.ts";
import { type Library, makeLibrary } from "../../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../../support/embedded-server.ts";
import { footage } from "../../support/footage.ts";
import { turnClockwise } from "../../support/rotate-mp4.ts";
import { runProgram } from "../../support/run-program.ts";

const FILM = [
  ...["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24:duration=20"],
  ...["-f", "lavfi", "-i", "sine=duration=20", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"],
];
const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"];
/** What BANDWIDTH has for the sound that goes with the picture. */
const SOUND_BITRATE = 192_000;
const GOP = (frames: number) => ["-g", `${frames}`, "-keyint_min", `${frames}`, "-sc_threshold", "0"];

/** Files that are made for this, by their names. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  "even.mp4": [...FILM, ...X264, ...GOP(48)],
  "fragments.mp4": [...FILM, ...X264, ...GOP(48), "-movflags", "+frag_keyframe+empty_moov"],
  "far.mkv": [...FILM, ...X264, ...GOP(240)],
  "pyramid.mkv": [
    ...[...FILM, "-c:v", "libx264", "-preset", "veryfast", "-x264-params"],
    "bframes=16:b-adapt=0:b-pyramid=normal:ref=8:keyint=96:scenecut=0",
  ],
  "hevc.mp4": [
    ...FILM,
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-x265-params",
    "log-level=error",
    "-tag:v",
    "hev1",
  ],
  "interlaced.mp4": [...FILM, ...X264, ...GOP(48), "-flags", "+ildct+ilme", "-x264-params", "tff=1"],
};

let folder: string;
let library: Library;
let server: EmbeddedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-original-"));
  const at = (name: string) => join(folder, name);
  const ffmpeg = (...args: readonly string[]) => runProgram("ffmpeg", ["-v", "error", "-y", ...args]);
  for (const [name, args] of Object.entries(MADE)) await ffmpeg(...args, at(name));
  const copies = {
    "even.ts": ["-i", at("even.mp4")],
    "live.mkv": ["-i", at("even.mp4"), "-live", "1"],
    "late.mp4": ["-itsoffset", "1.5", "-i", at("even.mp4")],
    "cut.mp4": ["-ss", "5.3", "-i", at("even.mp4")],
    "even.flv": ["-i", at("even.mp4")],
    "index-first.mp4": ["-i", at("even.mp4"), "-movflags", "+faststart"],
  };
  for (const [name, args] of Object.entries(copies)) await ffmpeg(...args, "-c", "copy", at(name));
  const whole = await readFile(at("index-first.mp4"));
  await writeFile(at("short.mp4"), whole.subarray(0, 0.6 * whole.length));
  await writeFile(at("turned.mp4"), turnClockwise(await readFile(at("even.mp4"))));
  const names = [...Object.keys(MADE), ...Object.keys(copies)];
  library = await makeLibrary({
    ...Object.fromEntries(names.map((name) => [name, at(name)])),
    "turned.mp4": at("turned.mp4"),
    "short.mp4": at("short.mp4"),
    "uneven.mkv": await footage("vfr-mkv"),
    "open.mkv": await footage("open-gop-mkv"),
    "nine.webm": await footage("vp9-opus-webm"),
    "offset.ts": await footage("ts-offset-late-audio"),
  });
  server = await startServer(library.dir);
});

afterAll(async () => {
  await server?.stop();
  await library?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe("the original picture", { timeout: 600_000 }, () => {
  test.each([
    ...["even.mp4", "fragments.mp4", "late.mp4", "far.mkv", "pyramid.mkv", "live.mkv", "hevc.mp4"],
    ...["uneven.mkv", "open.mkv", "nine.webm", "even.ts", "offset.ts"],
  ])("of %s has each packet once and in order, at its time, and decodes without a word", async (name) => {
    const { media, playlist, variant, sizes } = await fetchOriginal(name);
    const copy = join(folder, `${name}.copy.mp4`);
    await writeFile(copy, media);
    const [source, copied] = [await readPackets(join(library.dir, name)), await readPackets(copy)];
    expect(copied).toHaveLength(source.length);
    // Start codes become lengths, of other sizes.
    if (!name.endsWith(".ts")) expect(copied.map(({ hash }) => hash)).toEqual(source.map(({ hash }) => hash));
    expect(copied.map(({ isKey }) => isKey)).toEqual(source.map(({ isKey }) => isKey));
    const shift = copied[0]!.pts - source[0]!.pts;
    const off = Math.max(...copied.map(({ pts }, k) => Math.abs(pts - source[k]!.pts - shift)));
    expect(off).toBeLessThan(0.001);
    for (const [k, { pts, dts }] of copied.entries()) {
      expect(dts).toBeLessThanOrEqual(pts);
      if (k > 0) expect(dts).toBeGreaterThan(copied[k - 1]!.dts);
    }
    const { stderr } = await runProgram("ffmpeg", ["-v", "warning", "-i", copy, "-f", "null", "-"]);
    expect(stderr.toString()).toBe("");
    checkBandwidth(variant, playlist, sizes);
  });

  test("starts where the rungs do, though the file's clock does not start at zero", async () => {
    for (const name of ["late.mp4", "offset.ts"]) {
      const { media, rung } = await fetchOriginal(name);
      const [copy, encoded] = [join(folder, "a.mp4"), join(folder, "b.mp4")];
      await writeFile(copy, media);
      await writeFile(encoded, rung);
      const firstShown = async (file: string) => Math.min(...(await readPackets(file)).map(({ pts }) => pts));
      expect(Math.abs((await firstShown(copy)) - (await firstShown(encoded)))).toBeLessThan(0.001);
    }
  });

  test.each([
    ["cut.mp4", /first picture is no keyframe/],
    ["even.flv", /flv can't be cut/],
    ["interlaced.mp4", /interlaced/],
    ["turned.mp4", /turned/],
  ])("of %s is not offered, and the title's description says why", async (name, reason) => {
    const response = await fetch(`${server.url}hls/${name}/original.m3u8`);
    expect(response.status).toBe(404);
    expect(((await response.json()) as { detail: string }).detail).toMatch(reason);
    expect((await describeOriginal(name))?.unavailable).toMatch(reason);
  });

  test("is part of the title's description", async () => {
    const { hls } = (await describeOriginal("even.mp4"))!;
    const playlist = await fetch(new URL(hls!, server.url));
    expect(await playlist.text()).toContain("/o0/index.m3u8");
  });

  test.each(["interlaced.mp4", "turned.mp4"])("of %s is no variant beside the rungs", async (name) => {
    for (const playlist of ["master.m3u8", "all.m3u8"]) {
      const text = await fetchMaster(name, playlist);
      expect(text).toMatch(/\/v\d+\//);
      expect(text).not.toContain("/o0/");
    }
  });

  test("is not listed beside the rungs where the file has lost its end", async () => {
    expect(await fetchMaster("index-first.mp4", "all.m3u8")).toContain("/o0/");
    expect(await fetchMaster("short.mp4", "all.m3u8")).not.toContain("/o0/");
  });

  test("is not listed beside the rungs where a segment needs the one before, or nobody looked in time", async () => {
    for (const name of ["open.mkv", "offset.ts"])
      expect(await fetchMaster(name, "all.m3u8")).not.toContain("/o0/");
  });
});

describe("an index of keyframes", () => {
  test("of a Matroska file has every keyframe of the track, and only those", async () => {
    const file = await openRangeFile(`file:${join(folder, "pyramid.mkv")}`);
    const cues = await readCues(file, 1);
    const other = await readCues(file, 7);
    await file.close();
    const keys = (await readPackets(join(folder, "pyramid.mkv"))).filter(({ isKey }) => isKey);
    expect(cues.map(({ time }) => time)).toEqual(keys.map(({ pts }) => Math.round(1000 * pts)));
    expect(other).toEqual([]);
  });

  test("of an MP4 file says how many bytes there are before each sample", async () => {
    const file = await openRangeFile(`file:${join(folder, "even.mp4")}`);
    const before = await bytesBeforeSamples(file, 1);
    const none = await bytesBeforeSamples(file, 9);
    await file.close();
    const packets = await readPackets(join(folder, "even.mp4"));
    let bytes = 0;
    expect([...before!]).toEqual([0, ...packets.map(({ size }) => (bytes += size))]);
    expect(none).toBeUndefined();
  });

  test("of a file in fragments, or of no film at all, is none", async () => {
    for (const path of [join(folder, "fragments.mp4"), new URL(import.meta.url).pathname]) {
      const file = await openRangeFile(`file:${path}`);
      expect(await bytesBeforeSamples(file, 1)).toBeUndefined();
      expect(await readCues(file, 1)).toEqual([]);
      await file.close();
    }
  });
});

async function fetchMaster(name: string, playlist = "master.m3u8"): Promise<string> {
  const response = await fetch(`${server.url}hls/${name}/${playlist}`);
  expect(response.status).toBe(200);
  return response.text();
}

/** The original as a player gets it, and the smallest rung. */
async function fetchOriginal(name: string) {
  const lines = (await fetchMaster(name, "original.m3u8")).split("\n");
  const at = lines.findIndex((line) => line.includes("/o0/"));
  const { parts, playlist } = await fetchRendition(name, lines[at]!);
  const rungs = (await fetchMaster(name)).split("\n").filter((line) => /\/v\d+\//.test(line));
  const { parts: rung } = await fetchRendition(name, rungs[0]!, 1);
  return {
    ...{ media: Buffer.concat(parts), playlist, rung: Buffer.concat(rung), variant: lines[at - 1]! },
    sizes: parts.slice(1).map(({ length }) => length),
  };
}

async function fetchRendition(name: string, uri: string, most = Number.POSITIVE_INFINITY) {
  const base = new URL(uri, `${server.url}hls/${name}/`);
  const playlist = await (await fetch(base)).text();
  const segments = playlist.match(/^\d+\.m4s/gm)!.slice(0, most);
  const parts: Buffer[] = [];
  for (const part of ["init.mp4", ...segments]) {
    const response = await fetch(new URL(part, base));
    expect(response.status).toBe(200);
    parts.push(Buffer.from(await response.arrayBuffer()));
  }
  return { parts, playlist };
}

async function describeOriginal(name: string) {
  const response = await fetch(`${server.url}hls/${name}/title.json`);
  const { original } = (await response.json()) as { original?: { hls?: string; unavailable?: string } };
  return original;
}

/** RFC 8216bis 4.4.6.2: no stretch of segments about as long as the target duration has more bits a second. */
function checkBandwidth(variant: string, playlist: string, sizes: readonly number[]): void {
  const promised = Number(/[:,]BANDWIDTH=(\d+)/.exec(variant)![1]) - SOUND_BITRATE;
  const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds));
  const target = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(playlist)![1]);
  expect(durations).toHaveLength(sizes.length);
  for (const [first, duration] of durations.entries()) {
    expect(Math.round(duration)).toBeLessThanOrEqual(target);
    let seconds = 0;
    let bits = 0;
    for (let last = first; last < sizes.length && seconds + durations[last]! <= 1.5 * target; last++) {
      seconds += durations[last]!;
      bits += 8 * sizes[last]!;
      if (seconds >= 0.5 * target) expect(bits / seconds).toBeLessThanOrEqual(promised);
    }
  }
}

interface ProbedPacket {
  readonly pts_time: string;
  readonly dts_time: string;
  readonly size: string;
  readonly flags: string;
  readonly data_hash: string;
}

interface Packet {
  readonly pts: number;
  readonly dts: number;
  readonly size: number;
  readonly isKey: boolean;
  readonly hash: string;
}

/** The picture's packets, in decoding order; times in seconds. */
async function readPackets(file: string): Promise<Packet[]> {
  const entries = "packet=pts_time,dts_time,size,flags,data_hash";
  const { stdout } = await runProgram("ffprobe", [
    ...["-v", "error", "-select_streams", "v:0", "-show_data_hash", "crc32"],
    ...["-show_entries", entries, "-of", "json", file],
  ]);
  const { packets } = JSON.parse(stdout.toString()) as { packets: ProbedPacket[] };
  return packets.map(({ pts_time, dts_time, size, flags, data_hash: hash }) => ({
    ...{ pts: Number(pts_time), dts: Number(dts_time), size: Number(size), hash },
    isKey: flags.startsWith("K"),
  }));
}
