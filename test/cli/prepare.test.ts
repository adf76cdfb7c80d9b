import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../support/run-program.ts";
import { runSeamline, startSeamline } from "../support/seamline.ts";
import { smallFilm } from "./small-film.ts";

/** All files of a folder with their inodes, by their paths in it. */
async function filesOf(folder: string): Promise<Map<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const inodes = files.map(async (path) => [path.slice(folder.length + 1), (await stat(path)).ino] as const);
  return new Map(await Promise.all(inodes));
}

/** What a playlist, or WebVTT of sprites, names. */
async function namesIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  const quoted = [...text.matchAll(/URI="([^"]+)"/g)].map((match) => match[1]!);
  const lines = file.endsWith(".m3u8") ? text.split("\n").filter((line) => /^[^#\s]/.test(line)) : [];
  const sheets = [...text.matchAll(/^(\S+\.jpg)#xywh/gm)].map((match) => match[1]!);
  return [...quoted, ...lines, ...sheets].map((name) => join(dirname(file), name));
}

describe("seamline prepare", () => {
  let work: string;
  let film: string;
  let out: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), "seamline-prepare-"));
    film = join(work, "film.mkv");
    out = join(work, "out");
    await mkdir(out);
    await cp(await smallFilm(), film);
  });
  afterAll(() => rm(work, { recursive: true, force: true }));

  /** One encode at a time, so that there is something left to do when it is stopped. */
  const args = () => ["prepare", film, "-o", out, "--worker-concurrency", "1"];

  test("says how to go on when it is interrupted, and ends with 130", async () => {
    const running = startSeamline(args());
    await running.until(/20 %/);
    running.kill("SIGINT");
    const { exitCode, stdout, stderr } = await running.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
    expect(stderr).toMatch(/\nseamline: stopped at \d\d %\. The same command goes on from there\.\n$/);
    expect((await filesOf(out)).has("master.m3u8")).toBe(false);
  });

  test("goes on where it was, even when it is killed, and leaves nothing behind", async () => {
    const running = startSeamline(args());
    await running.until(/60 %/);
    running.kill("SIGKILL");
    await running.ended;
    const before = await filesOf(out);
    const media = [...before].filter(([path]) => path.endsWith(".m4s") && !path.startsWith("."));
    expect(media.length).toBeGreaterThan(0);
    const { exitCode, stdout } = await runSeamline([...args(), "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ playlist: join(out, "master.m3u8"), rungs: ["240p", "360p"] });
    const after = await filesOf(out);
    for (const [path, inode] of media) expect(after.get(path)).toBe(inode);
    expect([...after.keys()].filter((path) => path.includes(".seamline"))).toEqual([]);
  });

  test("leaves a folder in which every name of every playlist is there", async () => {
    const files = [...(await filesOf(out)).keys()];
    const named = await Promise.all(
      files.filter((file) => /\.(m3u8|vtt)$/.test(file)).map((file) => namesIn(join(out, file))),
    );
    const missing = named.flat().filter((path) => !files.includes(path.slice(out.length + 1)));
    expect(named.flat().length).toBeGreaterThan(40);
    expect(missing).toEqual([]);
    for (const name of ["poster.jpg", "sprites/0.jpg", "t0/subtitles.vtt", "chapters.vtt", "i240/0.m4s"])
      expect(files.some((file) => file.endsWith(name))).toBe(true);
  });

  test("passes the check without a warning, and plays to its end in ffmpeg", async () => {
    const checked = await runSeamline(["check", join(out, "master.m3u8"), "--strict"]);
    expect(checked).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^0 errors, 0 warnings in 8 playlists/),
    });
    const count = [
      "-v",
      "error",
      "-count_frames",
      "-show_entries",
      "stream=nb_read_frames",
      "-of",
      "csv=p=0",
    ];
    const { stdout } = await runProgram("ffprobe", [
      ...count,
      "-select_streams",
      "v:0",
      join(out, "master.m3u8"),
    ]);
    expect(Number(stdout.toString().trim().split("\n")[0])).toBe(225);
  });

  test("does nothing anew where all is there", async () => {
    const before = await filesOf(out);
    const { exitCode, stdout } = await runSeamline(args());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/: 2 rungs, [\d.]+ MB, 0:09\n$/);
    const after = await filesOf(out);
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [path, inode] of before)
      if (/\.(m4s|mp4|jpg)$/.test(path)) expect(after.get(path)).toBe(inode);
  });

  test("makes the rungs that are asked for, of a title by its path, and takes what storage has", async () => {
    const [folder, storage] = [join(work, "one-rung"), join(work, "storage")];
    const environment = { MEDIA_DIR: work, STORAGE_DIR: storage };
    const { exitCode } = await runSeamline(["prepare", "film.mkv", "-o", folder, "--rungs", "240p"], {
      environment,
    });
    expect(exitCode).toBe(0);
    const text = await readFile(join(folder, "master.m3u8"), "utf8");
    expect(text.match(/RESOLUTION=\d+x\d+,FRAME/g)).toEqual(["RESOLUTION=426x240,FRAME"]);
    expect((await readdir(storage)).sort()).toContain("titles");
    expect(
      (await runSeamline(["check", join(folder, "master.m3u8"), "--no-decode", "--strict"])).exitCode,
    ).toBe(0);
  });

  test("makes a range a film of its own, of whole segments, that passes the check and plays to its end", async () => {
    const folder = join(work, "range");
    const range = ["--from", "3", "--to", "4.5", "--rungs", "240p"];
    // What the whole film has left is taken, not made again.
    await cp(out, folder, { recursive: true });
    const { exitCode, stdout } = await runSeamline(["prepare", film, "-o", folder, ...range, "--json"]);
    expect(exitCode).toBe(0);
    const { from, to, titleKey } = JSON.parse(stdout);
    expect([from <= 3, to >= 4.5, to - from < 8]).toEqual([true, true, true]);
    const master = join(folder, "master.m3u8");
    expect(await readFile(master, "utf8")).not.toMatch(/IMAGE-STREAM|chapters/);
    const listed = (id: string) => readFile(join(folder, titleKey, id, "index.m3u8"), "utf8");
    expect(await listed("v240")).not.toMatch(/^0\.m4s$/m);
    const checked = await runSeamline(["check", master, "--strict"]);
    expect(checked.stdout).toMatch(/^0 errors, 0 warnings/);
    const args = ["-v", "error", "-count_frames", "-select_streams", "v:0", "-of", "csv=p=0"];
    const { stdout: frames } = await runProgram("ffprobe", [
      ...args,
      "-show_entries",
      "stream=nb_read_frames",
      master,
    ]);
    expect(Number(frames.toString().trim().split("\n")[0])).toBe(Math.round((to - from) * 25));
  });

  test("puts the original beside the rungs where it is cut as they are, and leaves it out where rungs are chosen", async () => {
    const file = join(work, "often.mkv");
    const source = ["-f", "lavfi", "-i", "testsrc2=size=426x240:rate=25:duration=4", "-pix_fmt", "yuv420p"];
    await runProgram("ffmpeg", [
      "-v",
      "error",
      ...source,
      "-c:v",
      "libx264",
      "-preset",
      "ultrafast",
      "-g",
      "25",
      file,
    ]);
    const folder = join(work, "with-original");
    const master = join(folder, "master.m3u8");
    expect((await runSeamline(["prepare", file, "-o", folder, "--to", "2.5"])).exitCode).toBe(0);
    expect(await readFile(master, "utf8")).toMatch(/\/o0\/index\.m3u8$/m);
    const checked = await runSeamline(["check", master, "--strict"]);
    expect(checked.stdout).toMatch(/^0 errors, 0 warnings/);
    await runSeamline(["prepare", file, "-o", folder, "--rungs", "240p"]);
    expect(await readFile(master, "utf8")).not.toContain("/o0/");
  });

  test("says which rungs there are when it is asked for others, and what is wrong with a film", async () => {
    const folder = join(work, "nothing");
    const rungs = await runSeamline(["prepare", film, "-o", folder, "--rungs", "2160p"]);
    expect(rungs.exitCode).toBe(2);
    expect(rungs.stderr).toContain("has no 2160p: it has 240p, 360p.");
    const range = await runSeamline(["prepare", film, "-o", folder, "--from", "9.5", "--to", "12"]);
    expect(range).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("goes from 0 to 9.0") });
    const text = await runSeamline(["prepare", import.meta.filename, "-o", folder]);
    expect(text.exitCode).toBe(1);
    expect(text.stderr).toContain("is no film or sound file");
  });
});
