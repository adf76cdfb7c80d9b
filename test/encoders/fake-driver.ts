import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ffmpegInPath } from "../support/ffmpeg-in-path.ts";

/** What the drivers of this machine do; shell commands where they fail. */
export interface FakeDriver {
  /** A PATH whose `ffmpeg` has encoders in hardware, played by x264 with other parameter sets than ours. */
  readonly path: string;
  /** From now on, before each encode; nothing again where it is empty. */
  behave(commands: string): Promise<void>;
  remove(): Promise<void>;
}

/** They fail as real ones do, in the words of FFmpeg and the drivers. */
export const DRIVER_FAILURES = {
  noLibrary: fail("[h264_nvenc @ 0x55a960045780] Cannot load libcuda.so.1"),
  noDevice: fail("[h264_nvenc @ 0x55a960045780] No capable devices found"),
  noSession: fail(
    "[h264_nvenc @ 0x55a960045780] OpenEncodeSessionEx failed: out of memory (10): (no details)",
    "Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0",
  ),
  noVaapi: fail(
    "[AVHWDeviceContext @ 0x5642eca0fa80] Failed to initialise VAAPI connection: -1 (unknown libva error).",
    "Device creation failed: -5.",
  ),
  noQuickSync: fail(
    "[h264_qsv @ 0x560e6c307780] Error initializing an internal MFX session: unsupported (-3)",
  ),
  lost: fail("[h264_qsv @ 0x560e6c307780] Error during encoding: device failed (-17)"),
  crash: "kill -SEGV $$",
  // Of a box of 1,024 bytes the first eight.
  halfAFile: String.raw`printf '\000\000\004\000moof' >&3; exit 0`,
  hang: "exec sleep 300",
} as const;

function fail(...lines: readonly string[]): string {
  return `${lines.map((line) => `echo '${line}' >&2`).join("; ")}; exit 1`;
}

const SCRIPT = `#!/bin/bash
here=$(dirname "$0")
PATH=\${PATH#*:}
case " $* " in *" h264_"*) ;; *) exec ffmpeg "$@" ;; esac
args=()
while (($#)); do
  case $1 in
    -c:v) args+=(-c:v libx264 -preset veryfast -refs 2 -crf 30 -threads:v 1) && shift 2 ;;
    -preset | -tune | -rc | -rc_mode | -cq | -global_quality | -forced-idr | -forced_idr | -look_ahead) shift 2 ;;
    -sei | -adaptive_i | -usage | -quality | -allow_sw | -realtime | -gpu) shift 2 ;;
    -b:v | -maxrate | -bufsize | -vaapi_device | -init_hw_device) shift 2 ;;
    -vf) args+=(-vf "\${2%,hwupload}") && shift 2 ;;
    *) args+=("$1") && shift ;;
  esac
done
set -- "\${args[@]}"
. "$here/behaviour"
exec ffmpeg "$@"
`;

export async function fakeDriver(): Promise<FakeDriver> {
  const { folder, path, remove } = await ffmpegInPath(SCRIPT);
  const behave = (commands: string) => writeFile(join(folder, "behaviour"), `${commands}\n`);
  await behave("");
  return { path, behave, remove };
}
