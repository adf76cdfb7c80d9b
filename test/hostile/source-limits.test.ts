import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { toNumber } from "../../shared/rational.ts";
import { type Outcome, playThrough } from "../support/play-through.ts";
import { runProgram } from "../support/run-program.ts";

let folder: string;
let storage: FileStorage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-limits-"));
  await mkdir(join(folder, "storage"));
  storage = new FileStorage(join(folder, "storage"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (size: string, rate = "25", more = "") => [
  ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}:duration=2${more}`],
];
/** 25 frames a second or so, each a few microseconds off. */
const IRREGULAR = ["-vf", "settb=1/1000000,setpts=N*40000+mod(N*7\\,13)", "-enc_time_base", "1/1000000"];
const silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono,atrim=duration=2"];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast"];

async function make(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args, path]);
  return path;
}

const play = (name: string) => playThrough(folder, name, storage);

const refusal = (outcome: Outcome) =>
  outcome.kind === "fault" ? `${outcome.fault.code}: ${outcome.fault.message}` : "played";

describe("a source that asks for too much is refused by its probe:", () => {
  it.each([
    ["h264", "mp4", x264],
    ["mjpeg", "mkv", ["-c:v", "mjpeg", "-q:v", "31"]],
    ["h264", "ts", x264],
  ])("a picture of 9000x9000 in %s in %s", async (_codec, extension, encoder) => {
    const name = `big-${extension}.${extension}`;
    await make(name, "-f", "lavfi", "-i", "color=size=9000x9000:rate=1:duration=2", ...encoder);
    expect(refusal(await play(name))).toMatch(/^source-too-large: .*8192x8192 pixels are the most/);
  });

  it("a header that claims 65535x65535", async () => {
    const path = await make("claims.avi", ...picture("320x240"), "-c:v", "rawvideo", "-pix_fmt", "yuv420p");
    const avi = await readFile(path);
    const format = avi.indexOf("strf") + 8;
    avi.writeUInt32LE(65535, format + 4);
    avi.writeUInt32LE(65535, format + 8);
    await writeFile(path, avi);
    expect(refusal(await play("claims.avi"))).toMatch(/^source-(too-large|damaged): /);
  });

  it("300 streams", async () => {
    const cue = join(folder, "cue.srt");
    await writeFile(cue, "1\n00:00:00,000 --> 00:00:01,000\nx\n");
    const maps = Array.from({ length: 300 }, () => ["-map", "1"]).flat();
    await make(
      "streams.mkv",
      ...picture("320x240"),
      "-i",
      cue,
      "-map",
      "0",
      ...maps,
      ...x264,
      "-c:s",
      "copy",
    );
    expect(refusal(await play("streams.mkv"))).toMatch(/^source-too-large: .*too many streams: 256/);
  });

  it("100 sound tracks", async () => {
    const maps = Array.from({ length: 100 }, () => ["-map", "1"]).flat();
    const encoders = [...x264, "-c:a", "mp2", "-ac", "1", "-b:a", "32k"];
    await make("tracks.mkv", ...picture("320x240"), ...silence, "-map", "0", ...maps, ...encoders);
    expect(refusal(await play("tracks.mkv"))).toMatch(/^source-too-large: .*100 sound tracks: 64/);
  });

  it("a last picture that is shown after a thousand years", async () => {
    const late = `setpts='if(eq(N,49),1e10/TB,PTS)'`;
    await make("years.nut", ...picture("320x240"), "-vf", late, "-fps_mode", "passthrough", ...x264);
    expect(refusal(await play("years.nut"))).toMatch(/^source-(too-large|damaged): /);
  });

  it("a last picture that is shown after a month", async () => {
    const late = `setpts='if(eq(N,49),2592000/TB,PTS)'`;
    await make(
      "month.mkv",
      ...picture("320x240"),
      "-vf",
      late,
      "-fps_mode",
      "passthrough",
      ...x264,
      "-bf",
      "0",
    );
    expect(refusal(await play("month.mkv"))).toMatch(/^source-too-large: .*720 hours long: 48 hours/);
  });

  it("names of sound tracks, 9 MB each", async () => {
    const tracks = [0, 1, 2, 3];
    const metadata = join(folder, "metadata.txt");
    const name = `[STREAM]\ntitle=${"x".repeat(9_000_000)}\n`;
    await writeFile(metadata, `;FFMETADATA1\n${tracks.map(() => name).join("")}`);
    const maps = tracks.flatMap((track) => ["-map", "0", `-map_metadata:s:${track}`, `1:s:${track}`]);
    await make("names.mkv", ...silence, "-i", metadata, ...maps, "-c:a", "mp2");
    expect(refusal(await play("names.mkv"))).toMatch(/^source-too-large: .*longer tags/);
  });
});

describe("a source with nonsense in its header plays all the same:", () => {
  it.each([
    [
      "a million ticks a second, none of them regular",
      "fast.mp4",
      [...IRREGULAR, "-fps_mode", "passthrough"],
    ],
    ["one frame in a thousand seconds", "slow.mkv", ["-r", "1/1000"]],
    ["a rate of large primes", "primes.mp4", ["-r", "999983/33331", "-video_track_timescale", "999983"]],
    ["pixels a thousand times as wide as high", "wide.mkv", ["-aspect", "1000/1"]],
    ["pixels a thousand times as high as wide", "high.mkv", ["-aspect", "1/1000"]],
  ])("%s", async (_what, name, options) => {
    await make(name, ...picture("320x240"), "-frames:v", "40", ...options, ...x264);
    const outcome = await play(name);
    expect(refusal(outcome)).toBe("played");
    const { title } = outcome as Extract<Outcome, { kind: "played" }>;
    const [{ rung, timeline }] = title.video as [(typeof title.video)[number]];
    expect(toNumber(rung.rate)).toBeGreaterThanOrEqual(1);
    expect(toNumber(rung.rate)).toBeLessThanOrEqual(60);
    expect(rung.width * rung.height).toBeLessThan(4_000_000);
    expect(timeline.timescale).toBeLessThanOrEqual(1_000_000);
  });

  it("a duration of thirty years, where two seconds are there", async () => {
    const path = await make("claim.mkv", ...picture("320x240"), ...x264);
    const mkv = await readFile(path);
    // Duration (Matroska 0x4489), a float of 8 bytes, milliseconds.
    const at = mkv.indexOf(Buffer.from([0x44, 0x89, 0x88]));
    mkv.writeDoubleBE(1e12, at + 3);
    await writeFile(path, mkv);
    const outcome = await play("claim.mkv");
    expect(refusal(outcome)).toBe("played");
    expect(toNumber((outcome as Extract<Outcome, { kind: "played" }>).title.duration)).toBeCloseTo(2, 1);
  });

  it.each([1, 999_999_999])("sound of %i samples a second is no sound", async (rate) => {
    const path = await make(`rate-${rate}.wav`, ...silence);
    const wav = await readFile(path);
    wav.writeUInt32LE(rate, wav.indexOf("fmt ") + 12);
    await writeFile(path, wav);
    expect(refusal(await play(`rate-${rate}.wav`))).toMatch(/^source-damaged: /);
  });
});
