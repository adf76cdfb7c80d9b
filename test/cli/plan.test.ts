import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runSeamline } from "../support/seamline.ts";
import { smallFilm } from "./small-film.ts";

describe("seamline plan", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "seamline-plan-"));
    await cp(await smallFilm(), join(folder, "film.mkv"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("tells programs what a film would be made into", async () => {
    const { exitCode, stdout, stderr } = await runSeamline(["plan", "film.mkv", "--json"], { cwd: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      path: "film.mkv",
      durationSeconds: expect.closeTo(9, 1),
      rungs: [
        { name: "240p", width: 426, height: 240, frameRate: 25, segments: 5 },
        { name: "360p", width: 640, height: 360, bandwidth: 1_400_000 },
      ],
      borders: [0, 1, 2, 4, 6, 9],
      audio: [{ id: "a0", codec: "aac", channels: 2 }],
      subtitles: [{ id: "t0", language: "en", from: "subrip" }],
      chapters: [
        { startSeconds: 0, endSeconds: expect.closeTo(4, 1), title: "Part 1" },
        { startSeconds: expect.closeTo(4, 1), title: "Part 2" },
      ],
      original: { kind: "copied", segments: expect.any(Number) },
    });
  });

  test("tells people the same in a page of text without colours, since nobody looks at a pipe", async () => {
    const { exitCode, stdout } = await runSeamline(["plan", join(folder, "film.mkv")]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("\u001b");
    for (const heading of ["Ladder", "Original", "Timeline", "Sound", "Subtitles", "Chapters"])
      expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).toContain("  5 segments: 2 × 1 s, 2 × 2 s, 3 s; target duration 3 s\n");
  });

  test("finds a title of MEDIA_DIR by its path there", async () => {
    const environment = { MEDIA_DIR: folder };
    const { exitCode, stdout } = await runSeamline(["plan", "film.mkv", "--json"], { environment });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).path).toBe("film.mkv");
  });

  test("says in words what is wrong with a file", async () => {
    const missing = await runSeamline(["plan", "nothing.mkv"]);
    expect(missing).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "seamline: there is no “nothing.mkv” here.\n",
    });
    const text = await runSeamline(["plan", import.meta.filename]);
    expect(text.exitCode).toBe(1);
    expect(text.stderr).toContain("is no film or sound file");
  });
});
