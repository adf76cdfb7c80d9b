import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkPrograms } from "../../../worker/ffmpeg/check-programs.ts";

const signal = new AbortController().signal;
const path = process.env.PATH;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seamline-programs-"));
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

/** An `ffmpeg` before the real one that says of itself what the real one says, edited by `sed`. */
async function pretend(edit: string): Promise<void> {
  const script = `#!/bin/sh\nPATH=$(echo "$PATH" | cut -d: -f2-)\nffmpeg "$@" | sed '${edit}'\n`;
  await writeFile(join(folder, "ffmpeg"), script);
  await chmod(join(folder, "ffmpeg"), 0o755);
  process.env.PATH = [folder, path].join(delimiter);
}

it("the FFmpeg that is installed will do", async () => {
  await pretend("");
  await checkPrograms(signal);
});

it.each([
  ["is too old", "s/^ffmpeg version [^ ]*/ffmpeg version 4.4.2/", /version 4: install FFmpeg 5 or later/],
  ["can't convert colours", "s/--enable-libzimg//", /without zimg: install one .* --enable-libzimg/],
])("an FFmpeg that %s is refused, with what to do", async (_, edit, message) => {
  await pretend(edit);
  await expect(checkPrograms(signal)).rejects.toThrow(message);
});
