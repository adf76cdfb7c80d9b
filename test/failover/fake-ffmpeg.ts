import { type FfmpegInPath, ffmpegInPath } from "../support/ffmpeg-in-path.ts";

/**
 * An FFmpeg that behaves as told for some sources, and is the real one for all others.
 * @param behaviour shell commands for encodes of a source, by its file name.
 */
export async function fakeFfmpeg(behaviour: Readonly<Record<string, string>>): Promise<FfmpegInPath> {
  const cases = Object.entries(behaviour).map(([name, commands]) => `*/${name}*) ${commands} ;;`);
  const script = [
    "#!/bin/sh",
    'PATH=$(echo "$PATH" | cut -d: -f2-)',
    'case "$*" in',
    ...cases,
    "esac",
    'exec ffmpeg "$@"',
    "",
  ];
  return ffmpegInPath(script.join("\n"));
}
