import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSidecars, revisionOf } from "../../../worker/subtitles/find-sidecars.ts";

describe("subtitle files beside a film", () => {
  let outside: string;
  let media: string;

  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), "seamline-sidecars-"));
    media = join(outside, "media");
    await mkdir(join(media, "films"), { recursive: true });
    await writeFile(join(media, "films/a.mkv"), "film");
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const put = (name: string, text = "text") => writeFile(join(media, "films", name), text);
  const find = () => findSidecars(media, "films/a.mkv");
  const languages = async () => (await find()).map(({ file }) => file.language);
  const revision = async () => revisionOf("fingerprint", await find());

  it("are found and read", async () => {
    await Promise.all([put("a.en.srt", "english"), put("a.fr.vtt"), put("b.de.srt")]);
    const [english, ...others] = await find();
    expect(english!.file).toMatchObject({ format: "subrip", language: "en" });
    expect(english!.file.id).toMatch(/^[0-9a-f]{8}$/);
    expect(Buffer.from(await english!.read()).toString()).toBe("english");
    expect(others.map(({ file }) => file.language)).toEqual(["fr"]);
  });

  it("make another revision when one comes, changes or goes, and only then", async () => {
    const before = await revision();
    await put("a.en.srt");
    const with1 = await revision();
    expect(await revision()).toBe(with1);
    await utimes(join(media, "films/a.en.srt"), 1, 1);
    const changed = await revision();
    await rm(join(media, "films/a.en.srt"));
    expect(new Set([before, with1, changed]).size).toBe(3);
    expect(await revision()).toBe(before);
  });

  it("are none where they lead out of the folder, are folders, empty or far too large", async () => {
    await writeFile(join(outside, "secret.srt"), "secret");
    await symlink(join(outside, "secret.srt"), join(media, "films/a.en.srt"));
    await symlink(join(media, "films/nothing.srt"), join(media, "films/a.da.srt"));
    await mkdir(join(media, "films/a.fr.srt"));
    await put("a.de.srt", "");
    await put("a.it.srt");
    await truncate(join(media, "films/a.it.srt"), 10_000_001);
    await put("a.nl.srt");
    await symlink("a.nl.srt", join(media, "films/a.sv.srt"));
    expect(await languages()).toEqual(["nl", "sv"]);
  });

  it("are found among ten thousand others", async () => {
    const names = Array.from({ length: 10_000 }, (_, k) => `other ${k}.srt`);
    for (let k = 0; k < names.length; k += 500)
      await Promise.all(names.slice(k, k + 500).map((name) => put(name, "")));
    await put("a.en.srt");
    expect(await languages()).toEqual(["en"]);
  });

  it("lie in the media folder's first level too, and nowhere else", async () => {
    await writeFile(join(media, "b.mkv"), "film");
    await writeFile(join(media, "b.en.srt"), "text");
    expect((await findSidecars(media, "b.mkv")).map(({ file }) => file.language)).toEqual(["en"]);
    for (const path of [
      "../media/b.mkv",
      "../secret.mkv",
      "https:/films.example/b.mkv",
      "nowhere/b.mkv",
      "",
      "..",
    ])
      expect(await findSidecars(join(media, "films"), path), path).toEqual([]);
  });
});
