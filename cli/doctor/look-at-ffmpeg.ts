import { deathSignalPrefix } from "../../worker/death-signal.ts";
import { runProgram } from "../../worker/run-program.ts";
import { type Diagnosis, fail, ok, warn } from "./diagnosis.ts";

const TIMEOUT_MS = 10_000;
const OLDEST_MAJOR = 5;
const INSTALL = "install FFmpeg 5.1 or later from the system's packages";

/** What it needs of FFmpeg, and what is only lost without it. */
const PARTS: readonly (readonly [
  list: "encoders" | "filters",
  name: string,
  need: "fail" | "warn",
  why: string,
])[] = [
  ["encoders", "libx264", "fail", "it encodes the picture"],
  ["encoders", "aac", "fail", "it encodes the sound"],
  ["filters", "zscale", "fail", "it converts colours (zimg)"],
  ["encoders", "libwebp", "warn", "without it there are no screenshots in WebP"],
  ["encoders", "libaom-av1", "warn", "without it there are no screenshots in AVIF"],
];

/** FFmpeg's version and what was built into it, and whether it dies with whoever started it. */
export async function lookAtFfmpeg(signal: AbortSignal): Promise<readonly Diagnosis[]> {
  const versions = await Promise.all(["ffmpeg", "ffprobe"].map((program) => lookAtVersion(program, signal)));
  if (versions.some(({ status }) => status === "fail")) return versions;
  const lists = {
    encoders: await run("ffmpeg", ["-hide_banner", "-encoders"], signal),
    filters: await run("ffmpeg", ["-hide_banner", "-filters"], signal),
  };
  const parts = PARTS.map(([list, name, need, why]): Diagnosis => {
    if (new RegExp(`^ \\S+ ${name} `, "m").test(lists[list])) return ok(`ffmpeg: ${name}`, "built in");
    const cure = `install an FFmpeg that was built with ${name}: ${why}`;
    return need === "fail"
      ? fail(`ffmpeg: ${name}`, "missing", cure)
      : warn(`ffmpeg: ${name}`, "missing", cure);
  });
  return [...versions, ...parts, await lookAtDeathSignal()];
}

async function lookAtVersion(program: string, signal: AbortSignal): Promise<Diagnosis> {
  const version = /^\S+ version (\S+)/.exec(await run(program, ["-version"], signal))?.[1];
  if (version === undefined) return fail(program, "not on the PATH", INSTALL);
  // A build from a development branch has a revision instead of a number: it is newer.
  const major = /^n?(\d+)\.\d+/.exec(version)?.[1];
  return major !== undefined && Number(major) < OLDEST_MAJOR
    ? fail(program, version, INSTALL)
    : ok(program, version);
}

async function lookAtDeathSignal(): Promise<Diagnosis> {
  const name = "setpriv";
  if ((await deathSignalPrefix()).length > 0) return ok(name, "programs die with their worker");
  return warn(name, "missing", "install util-linux: an FFmpeg may outlive a worker that was killed");
}

async function run(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { exitCode, stdout } = await runProgram(program, args, { signal, timeoutMs: TIMEOUT_MS });
  return exitCode === 0 ? stdout : "";
}
