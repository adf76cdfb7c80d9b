import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FfmpegInPath, ffmpegInPath } from "../support/ffmpeg-in-path.ts";
import { runProgram } from "../support/run-program.ts";

const SCRIPT = fileURLToPath(new URL("../../script/other-ffmpeg", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../.cache/ffmpeg-7", import.meta.url));

/** A PATH on which `ffmpeg` is a build of 7.1, where the system has another one; fetched where it is not there yet. */
export async function ffmpeg7(): Promise<string> {
  await runProgram(SCRIPT, [FOLDER]);
  return [join(FOLDER, "bin"), process.env.PATH].join(delimiter);
}

/**
 * An FFmpeg whose x264 has other settings than the recipe's, as a later version of the program may have.
 * @param settings options of FFmpeg.
 */
export async function otherRecipe(...settings: readonly string[]): Promise<FfmpegInPath> {
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
  return ffmpegInPath(script.join("\n"));
}
