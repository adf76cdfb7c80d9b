import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";
import { strip } from "../support/frame-marks.ts";
import { readFrameNumbers } from "../support/numbered-frames.ts";
import { runProgram } from "../support/run-program.ts";

/** Of the film: 24000/1001 frames a second, a keyframe every 48 frames. */
const RATE = 24000 / 1001;
const GOP = 48;

let folder: string;
let server: EmbeddedServer;

const ffmpeg = (...args: string[]) => runProgram("ffmpeg", ["-v", "error", ...args]);
const lavfi = (graph: string) => ["-f", "lavfi", "-i", graph];

/** Sound with a picture that stands for it; red, and of a size of its own. */
async function makeCovered(name: string, ...output: string[]): Promise<void> {
  const inputs = [...lavfi("sine=duration=2"), ...lavfi("color=red:size=300x200:duration=0.04")];
  await ffmpeg(...inputs, "-map", "0", "-map", "1", "-frames:v", "1", ...output, join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-pictures-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(folder, "film.mp4"));
  const attached = ["-c:v", "mjpeg", "-disposition:v:0", "attached_pic"];
  await copyFile(await footage("two-audio-mkv"), join(folder, "film.mkv"));
  await makeCovered("song.mp3", ...attached, "-c:a", "libmp3lame", "-id3v2_version", "3");
  await makeCovered("song.m4a", ...attached, "-c:a", "aac");
  // A picture like any other, as far as the file says.
  await makeCovered("unmarked.mkv", "-c:v", "mjpeg", "-c:a", "aac");
  await makeCovered("song.flac", ...attached, "-c:a", "flac");
  await ffmpeg(...lavfi("color=red:size=300x200:duration=0.04"), "-frames:v", "1", join(folder, "cover.jpg"));
  const dark = "color=black:size=320x180:rate=10:duration=6";
  const bright = "testsrc2=size=320x180:rate=10:duration=2";
  const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p"];
  const film = ["-filter_complex", "[0][1]concat=n=2[v]", "-map", "[v]", ...x264];
  await ffmpeg(...lavfi(dark), ...lavfi(bright), ...film, join(folder, "dark.mp4"));
  const attachment = ["-attach", join(folder, "cover.jpg"), "-metadata:s:t", "mimetype=image/jpeg"];
  await ffmpeg(...lavfi(bright), ...x264, ...attachment, join(folder, "covered.mkv"));
  const coverFirst = ["-map", "1", "-map", "0", "-c:v:0", "mjpeg", "-c:v:1", "libx264", "-g", "10"];
  const flags = [
    "-disposition:v:0",
    "attached_pic",
    "-disposition:v:1",
    "default",
    "-pix_fmt:v:1",
    "yuv420p",
  ];
  const cover = ["-i", join(folder, "cover.jpg")];
  await ffmpeg(...lavfi(bright), ...cover, ...coverFirst, ...flags, join(folder, "cover-first.mp4"));
  await ffmpeg(...lavfi("sine=duration=1"), "-c:a", "flac", join(folder, "bare.flac"));
  server = await startServer(folder);
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(`hls/${path}`, server.url), { headers });
}

async function bytesOf(path: string, headers: Record<string, string> = {}): Promise<Uint8Array> {
  const response = await get(path, headers);
  expect(response.status, `${path}: ${response.headers.get("content-type")}`).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

async function textOf(path: string): Promise<string> {
  return new TextDecoder().decode(await bytesOf(path));
}

/** Where the playlists of a title's renditions lie. */
async function folderOf(title: string): Promise<string> {
  const key = /\b[0-9a-f]{32}\b/.exec(await textOf(`${title}/master.m3u8`))![0];
  return `${title}/${key}`;
}

/** Size, codec, and the average colour of a picture. */
async function describePicture(bytes: Uint8Array) {
  const probe = ["-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0"];
  const { stdout } = await runProgram("ffprobe", [...probe, "-i", "pipe:0"], bytes);
  const [codec, width, height] = stdout.toString().trim().split(",");
  const average = ["-i", "pipe:0", "-vf", "scale=1:1:flags=area,format=rgb24", "-f", "rawvideo", "pipe:1"];
  const pixel = await runProgram("ffmpeg", ["-v", "error", ...average], bytes);
  const [red, green, blue] = pixel.stdout;
  return { codec, width: Number(width), height: Number(height), red, green, blue };
}

describe("sprites", () => {
  it("each tile shows the keyframe at or before its time", async () => {
    const base = await folderOf("film.mp4");
    const vtt = await textOf(`${base}/sprites/index.vtt`);
    const cues = [...vtt.matchAll(/^(\d+):(\d+):(\d+)\.000 -->.*\n(\d+\.jpg)#xywh=(\d+),(\d+),160,90$/gm)];
    expect(cues).toHaveLength(31);
    const sheets = new Map<string, Uint8Array>();
    for (const [, , minutes, seconds, name, x, y] of cues) {
      if (!sheets.has(name!)) sheets.set(name!, await bytesOf(`${base}/sprites/${name}`));
      const area = {
        x: Number(x) / 960,
        y: Number(y) / 450,
        width: (strip.width * 160) / 960,
        height: (strip.height * 90) / 450,
      };
      // A keyframe that comes a hundredth of a second late is on time.
      const frame = Math.floor((Number(minutes) * 60 + Number(seconds) + 0.01) * RATE);
      expect(await readFrameNumbers(sheets.get(name!)!, area)).toEqual([frame - (frame % GOP)]);
    }
    expect([...sheets.keys()]).toEqual(["0.jpg", "1.jpg"]);
  });
});

describe("a screenshot", () => {
  it.each([0, 3.5, 59.9])("at %s s is that very frame", async (at) => {
    const picture = await bytesOf(`film.mp4/screenshot?at=${at}&width=640`);
    expect(await readFrameNumbers(picture)).toEqual([Math.floor(at * RATE)]);
    expect(await describePicture(picture)).toMatchObject({ codec: "mjpeg", width: 640, height: 360 });
  });

  it.each([
    ["webp", "webp"],
    ["avif", "av1"],
  ])("comes as %s", async (format, codec) => {
    const picture = await bytesOf(`film.mp4/screenshot?at=12.5&width=640&format=${format}`);
    expect(await describePicture(picture)).toMatchObject({ codec, width: 640, height: 360 });
    expect(await readFrameNumbers(picture)).toEqual([Math.floor(12.5 * RATE)]);
  });

  it("comes as what the client would rather have, in one of a few widths", async () => {
    const response = await get("film.mp4/screenshot?at=1&width=500", {
      accept: "image/webp,image/*,*/*;q=0.8",
    });
    expect(response.headers.get("content-type")).toBe("image/webp");
    expect(response.headers.get("vary")).toContain("Accept");
    expect(await describePicture(new Uint8Array(await response.arrayBuffer()))).toMatchObject({ width: 640 });
  });

  it.each(["", "at=-1", "at=61", "at=x", "at=1&width=0", "at=1&width=99999999", "at=1&format=gif"])(
    "says what is wrong with “%s”",
    async (query) => {
      const response = await get(`film.mp4/screenshot?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        code: "bad-request",
        detail: expect.stringMatching(/such as/),
      });
    },
  );
});

describe("a poster", () => {
  it.each(["song.mp3", "song.m4a", "song.flac", "unmarked.mkv", "covered.mkv", "cover-first.mp4"])(
    "of %s is the picture that came with it",
    async (name) => {
      const { red, green, blue, ...size } = await describePicture(await bytesOf(`${name}/poster.jpg`));
      expect(size).toEqual({ codec: "mjpeg", width: 300, height: 200 });
      expect([red! > 240, green! < 15, blue! < 15]).toEqual([true, true, true]);
    },
  );

  it.each(["song.mp3", "song.m4a", "song.flac", "unmarked.mkv"])("of %s is no film", async (name) => {
    expect(await textOf(`${name}/master.m3u8`)).not.toContain("RESOLUTION");
  });

  it.each(["covered.mkv", "cover-first.mp4"])("of %s is not taken for the film", async (name) => {
    expect(await textOf(`${name}/master.m3u8`)).toContain("RESOLUTION=320x180");
  });

  it("of a film that is black nearly to its end is not black", async () => {
    const { red, green, blue } = await describePicture(await bytesOf("dark.mp4/poster.jpg"));
    expect(red! + green! + blue!).toBeGreaterThan(150);
  });

  it("of sound alone is a problem that says so", async () => {
    const response = await get("bare.flac/poster.jpg");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "no-picture" });
  });
});

describe("an I-frame playlist", () => {
  it.each([
    ["film.mp4", RATE],
    ["film.mkv", 24],
  ])("of %s is a stream of single pictures, the last keyframes before the segments", async (name, rate) => {
    const base = await folderOf(name);
    const playlist = await textOf(`${base}/i240/index.m3u8`);
    expect(playlist).toContain("#EXT-X-I-FRAMES-ONLY");
    const names = [...playlist.matchAll(/^\d+\.m4s$/gm)].map(([name]) => name);
    const parts = [await bytesOf(`${base}/i240/init.mp4`)];
    for (const name of names) parts.push(await bytesOf(`${base}/i240/${name}`));
    let border = 0;
    const frames = [...playlist.matchAll(/^#EXTINF:([\d.]+),$/gm)].map(([, seconds]) => {
      border += Number(seconds) * rate;
      return Math.round(border - Number(seconds) * rate);
    });
    const shown = frames.map((frame) => frame - (frame % GOP));
    expect(await readFrameNumbers(Buffer.concat(parts))).toEqual(shown);
  });
});
