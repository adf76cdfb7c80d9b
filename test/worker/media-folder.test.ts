import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultError } from "../../shared/fault.ts";
import { openSource } from "../../worker/media-folder.ts";

describe("the media folder", () => {
  let outside: string;
  let media: string;

  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), "seamline-media-"));
    media = join(outside, "media");
    await mkdir(join(media, "films"), { recursive: true });
    await writeFile(join(media, "films/a.mp4"), "film");
    await writeFile(join(outside, "secret.mp4"), "secret");
    await mkdir(join(outside, "media-of-others"));
    await writeFile(join(outside, "media-of-others/b.mp4"), "not yours");
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const codeOf = async (path: string, folder = media) => {
    const error: unknown = await openSource(folder, path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FaultError);
    expect((error as FaultError).message).not.toContain(outside === folder ? "\0" : "secret text");
    return (error as FaultError).code;
  };

  it("opens a file of it", async () => {
    const file = await openSource(media, "films/a.mp4");
    expect(file.path).toBe("films/a.mp4");
    expect(file.inputUrl).toBe(`file:${join(media, "films/a.mp4")}`);
    expect(file.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    'it\'s “x” "y".mp4',
    "-rf.mp4",
    "line\nbreak.mp4",
    "🎬 é.mp4",
    "$(id).mp4",
    "a:b.mp4",
    "%2e%2e.mp4",
    "...",
    " .mp4 ",
    "back\\slash.mp4",
    "file:x.mp4",
  ])("opens a file called %j", async (name) => {
    await writeFile(join(media, name), "film");
    expect((await openSource(media, name)).inputUrl).toBe(`file:${join(media, name)}`);
  });

  it.each([
    "../secret.mp4",
    "films/../../secret.mp4",
    "../media-of-others/b.mp4",
    "/../secret.mp4",
    "..",
    ".",
    "",
    "/",
    "films/../..",
    "a.mp4",
    "films/a.mp4/",
    "films/a.mp4/x",
    "films/a.mp4\0.txt",
    "\0",
    "x".repeat(5000),
  ])("has no %j", async (path) => {
    expect(await codeOf(path)).toBe("source-not-found");
  });

  it("has no file that a symbolic link leads out to, and every one that stays inside", async () => {
    await symlink(join(outside, "secret.mp4"), join(media, "out.mp4"));
    await symlink(outside, join(media, "out"));
    await symlink("loop.mp4", join(media, "loop.mp4"));
    await symlink("films/a.mp4", join(media, "in.mp4"));
    await symlink("films", join(media, "in"));
    for (const path of ["out.mp4", "out/secret.mp4", "loop.mp4"])
      expect(await codeOf(path)).toBe("source-not-found");
    expect((await openSource(media, "in.mp4")).inputUrl).toBe(`file:${join(media, "films/a.mp4")}`);
    expect((await openSource(media, "in/a.mp4")).inputUrl).toBe(`file:${join(media, "films/a.mp4")}`);
  });

  it("may be a symbolic link itself, or end in a slash", async () => {
    await symlink(media, join(outside, "link"));
    expect((await openSource(join(outside, "link"), "films/a.mp4")).inputUrl).toBe(
      `file:${join(media, "films/a.mp4")}`,
    );
    expect((await openSource(`${media}/`, "films/a.mp4")).inputUrl).toBe(
      `file:${join(media, "films/a.mp4")}`,
    );
    expect(await codeOf("../secret.mp4", `${media}/`)).toBe("source-not-found");
  });

  it("tells a folder, a pipe and an empty file from a film", async () => {
    await writeFile(join(media, "empty.mp4"), "");
    await promisify(execFile)("mkfifo", [join(media, "pipe.mp4")]);
    expect(await codeOf("films")).toBe("source-not-a-file");
    expect(await codeOf("pipe.mp4")).toBe("source-not-a-file");
    expect(await codeOf("empty.mp4")).toBe("source-empty");
  });

  it("that is away is a fault of ours, not of the title", async () => {
    expect(await codeOf("films/a.mp4", join(outside, "unmounted"))).toBe("source-unreadable");
  });

  it("gives a file another fingerprint when its path, size or time changes, and only then", async () => {
    const path = join(media, "films/a.mp4");
    const time = new Date("2026-01-02T03:04:05.678Z");
    await utimes(path, time, time);
    const { fingerprint } = await openSource(media, "films/a.mp4");
    expect((await openSource(media, "films/a.mp4")).fingerprint).toBe(fingerprint);
    await utimes(path, time, new Date(time.getTime() + 1));
    const later = (await openSource(media, "films/a.mp4")).fingerprint;
    await writeFile(path, "longer film");
    await utimes(path, time, time);
    const longer = (await openSource(media, "films/a.mp4")).fingerprint;
    await writeFile(join(media, "a.mp4"), "film");
    await utimes(join(media, "a.mp4"), time, time);
    const elsewhere = (await openSource(media, "a.mp4")).fingerprint;
    expect(new Set([fingerprint, later, longer, elsewhere]).size).toBe(4);
  });
});
