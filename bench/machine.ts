import { execFile } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the figures were measured on, in one line. */
export async function describeMachine(): Promise<string> {
  const [cpu] = cpus();
  const hardware = `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const versions = await Promise.all([
    version("ffmpeg", ["-version"], /version (\d[\w.]*)/),
    version("redis-server", ["--version"], /v=(\S+)/),
    version("nginx", ["-v"], /nginx\/(\S+)/),
  ]);
  const programs = [`Node ${process.version.slice(1)}`, ...versions.filter((text) => text !== undefined)];
  return `${hardware}, ${type()} ${release().split(/[-+]/)[0]}, ${programs.join(", ")}.`;
}

/** Undefined where the program isn't there: the figures that need it say so. */
async function version(program: string, args: string[], pattern: RegExp): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, args);
    const found = pattern.exec(stdout + stderr)?.[1];
    return found && `${program} ${found}`;
  } catch {
    return undefined;
  }
}
