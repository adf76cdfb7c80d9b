import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { playThrough } from "../support/play-through.ts";
import { runProgram } from "../support/run-program.ts";
import { attacks, type Targets } from "./attacks.ts";
import { withExternalData, withSubtitleInAvi } from "./hostile-films.ts";

let folder: string;
let media: string;
let storage: FileStorage;
let server: Server;
let targets: Targets;
const calls: string[] = [];

const film = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=3"];
const sound = ["-f", "lavfi", "-i", "sine=duration=3"];
const x264 = ["-c:v", "libx264", "-preset", "ultrafast"];

async function make(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(media, name);
  await runProgram("ffmpeg", ["-nostdin", "-v", "error", "-y", ...args, path]);
  return path;
}

async function outcomeOf(name: string): Promise<string> {
  const outcome = await playThrough(media, name, storage);
  return outcome.kind === "fault" ? outcome.fault.code : "played";
}

/** What FFmpeg makes of a file when nothing is forbidden. */
async function unguarded(name: string, ...options: readonly string[]): Promise<string> {
  const args = [
    "-v",
    "error",
    ...["-show_entries", "stream=codec_type"],
    ...options,
    "-of",
    "csv",
    join(media, name),
  ];
  return runProgram("ffprobe", args).then(
    ({ stdout }) => stdout.toString(),
    (error: Error) => error.message,
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-hostile-"));
  media = join(folder, "media");
  await mkdir(media);
  await mkdir(join(folder, "storage"));
  storage = new FileStorage(join(folder, "storage"));
  server = createServer((request, response) => {
    calls.push(request.url!);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  targets = { secret: join(folder, "secret.ts"), url: `http://127.0.0.1:${port}/` };
  await make("good.mp4", ...film, ...sound, ...x264, "-c:a", "aac");
  await runProgram("ffmpeg", ["-v", "error", "-i", join(media, "good.mp4"), "-c", "copy", targets.secret]);
  for (const { name, content } of attacks) await writeFile(join(media, name), content(targets));
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a file that points elsewhere", () => {
  it.each(attacks)("$name is no film, and nobody is called", async ({ name }) => {
    calls.length = 0;
    expect(await outcomeOf(name)).toBe("not-media");
    expect(calls).toEqual([]);
  });

  it("would be followed, were nothing forbidden: the attacks are real", async () => {
    calls.length = 0;
    await unguarded("hls-http.m3u8", "-protocol_whitelist", "file,http,tcp", "-allowed_extensions", "ALL");
    await unguarded("concat-http.mp4", "-protocol_whitelist", "file,http,tcp", "-safe", "0");
    expect(calls).toEqual(expect.arrayContaining(["/b.ts", "/e.mp4"]));
    expect(await unguarded("concat.mkv", "-safe", "0")).toContain("video");
  });
});

describe("a film that points elsewhere", () => {
  it.each(["alis", "url "] as const)("by a data reference (%s) is not followed", async (kind) => {
    const other = join(folder, "data.mp4");
    await copyFile(join(media, "good.mp4"), other);
    const name = `dref-${kind.trim()}.mov`;
    await writeFile(join(media, name), withExternalData(await readFile(other), other, kind));
    const followed = await unguarded(
      name,
      "-enable_drefs",
      "1",
      "-use_absolute_path",
      "1",
      "-show_entries",
      "frame=media_type",
    );
    // FFmpeg knows aliases alone.
    expect(followed.includes("frame,video")).toBe(kind === "alis");
    expect(await outcomeOf(name)).toBe("source-damaged");
  });

  it("by a playlist as an AVI's subtitle is not followed", async () => {
    const avi = await readFile(await make("plain.avi", ...film, ...sound, "-c:v", "mpeg4", "-c:a", "mp3"));
    const playlist = attacks.find(({ name }) => name === "hls-http.mkv")!.content(targets);
    await writeFile(join(media, "gab2.avi"), withSubtitleInAvi(avi, String(playlist)));
    calls.length = 0;
    expect(await unguarded("gab2.avi")).toContain("subtitle");
    expect(await outcomeOf("gab2.avi")).toBe("played");
    expect(calls).toEqual([]);
  });

  it("by attachments in Matroska plays without a look at them", async () => {
    const attached = [
      "-attach",
      join(media, "hls-http.m3u8"),
      "-metadata:s:t",
      "mimetype=application/x-mpegurl",
    ];
    await make("attached.mkv", "-i", join(media, "good.mp4"), "-c", "copy", ...attached);
    calls.length = 0;
    expect(await outcomeOf("attached.mkv")).toBe("played");
    expect(calls).toEqual([]);
  });
});

describe("a name that looks like an address, an option or a pattern", () => {
  const names = [
    "http:127.0.0.1:PORT",
    "concat:good.mp4|good.mp4",
    "subfile,,start,0,end,0,,:good.mp4",
    "pipe:0",
    "fd:3",
    "data:video,x.mp4",
    "crypto:good.mp4",
    "async:cache:good.mp4",
    "file:good.mp4",
    "lavfi:testsrc.mp4",
    "-i",
    "-protocol_whitelist",
    "film%03d.mp4",
    "*.mp4",
    "movie=good.mp4,scale.mp4",
  ];
  it.each(names)("%j is a file like any other", async (pattern) => {
    const name = pattern.replace("PORT", new URL(targets.url).port);
    await copyFile(join(media, "good.mp4"), join(media, name));
    calls.length = 0;
    expect(await outcomeOf(name)).toBe("played");
    expect(calls).toEqual([]);
  });
});
