import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../support/run-program.ts";

const SCRIPT = fileURLToPath(new URL("../../script/other-ffmpeg", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../.cache/ffmpeg-7", import.meta.url));

/** A PATH on which `ffmpeg` is a build of 7.1, where the system has another one; fetched where it is not there yet. */
export async function ffmpeg7(): Promise<string> {
  await runProgram(SCRIPT, [FOLDER]);
  return [join(FOLDER, "bin"), process.env.PATH].join(delimiter);
}

/** A PATH on which x264 has other settings than the recipe's, as a later version of the program may have. */
export interface OtherRecipe {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param settings options of FFmpeg. */
export async function otherRecipe(...settings: readonly string[]): Promise<OtherRecipe> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-recipe-"));
  const script = [
    "#!/bin/bash",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    "PATH=${PATH#*:}",
    "args=()",
    'for arg; do args+=("$arg")',
    `[ "$arg" != libx264 ] || args+=(${settings.join(" ")})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for the shell
    'done; exec ffmpeg "${args[@]}"',
    "",
  ];
  await writeFile(join(folder, "ffmpeg"), script.join("\n"));
  await chmod(join(folder, "ffmpeg"), 0o755);
  return {
    path: [folder, process.env.PATH].join(delimiter),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
