import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";
import { filmFolder } from "./short-film.ts";

let folder: Awaited<ReturnType<typeof filmFolder>>;
let program: ChildProcess | undefined;

beforeAll(async () => {
  folder = await filmFolder();
});

afterEach(() => program?.kill("SIGKILL"));

afterAll(() => folder?.remove());

/** Starts an example as its first lines say; the address that it prints. */
async function start(example: string): Promise<string> {
  const { REDIS_URL: _, ...environment } = process.env;
  program = spawn(process.execPath, [join(repositoryRoot, "examples", example)], {
    env: { ...environment, FILMS: folder.dir, CACHE_DIR: join(folder.dir, `cache-${example}`), PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(createInterface(program.stdout!), "line")) as [string];
  return /http:\S+/.exec(line)![0];
}

test.each(["express.js", "hono.js"])(
  "the example %s plays a film, and ends when it is told to",
  async (example) => {
    const url = `${await start(example)}video/film.mp4`;
    const frames = [
      "-count_frames",
      "-show_entries",
      "stream=codec_name,height,nb_read_frames",
      "-of",
      "csv=p=0",
    ];
    const { stdout, stderr } = await runProgram("ffprobe", [
      "-v",
      "warning",
      ...frames,
      `${url}/playlist.m3u8`,
    ]);
    expect(stderr).toBe("");
    expect(stdout.toString()).toContain("h264,240,144");
    expect(stdout.toString()).toContain("aac,259");

    const picture = await fetch(`${url}/screenshot.jpg?at=3`);
    expect(picture.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await picture.arrayBuffer()).subarray(0, 2)).toEqual(new Uint8Array([0xff, 0xd8]));
    const subtitles = (await (await fetch(`${url}/subtitles.json`)).json()) as { index: number }[];
    expect(await (await fetch(`${url}/subtitles/${subtitles[0]!.index}.vtt`)).text()).toContain("Hello");

    const missing = await fetch(`${url.replace("film.mp4", "none.mp4")}/playlist.m3u8`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ code: "source-not-found" });
    expect((await fetch(`${url}/video/0/240p/segment-4.m4s`)).status).toBe(404);

    program!.kill("SIGTERM");
    expect(await once(program!, "exit")).toEqual([0, null]);
  },
);
