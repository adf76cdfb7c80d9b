import { mkdirSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const FOLDER = join(tmpdir(), "seamline-reports");
const WAIT_MS = 5000;
const LOOK_MS = 100;

/** Options of Node.js for a process that `openHandles` may be asked about. */
export function reportingOptions(): readonly string[] {
  mkdirSync(FOLDER, { recursive: true });
  return ["--report-on-signal", "--report-signal=SIGUSR2", `--report-directory=${FOLDER}`];
}

/** What keeps a process alive, as its own diagnostic report has it: an entry a line. */
export async function openHandles(pid: number): Promise<string> {
  process.kill(pid, "SIGUSR2");
  for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    const name = (await readdir(FOLDER)).find((file) => file.split(".").includes(`${pid}`));
    const text = name && (await readFile(join(FOLDER, name), "utf8"));
    if (!text?.trimEnd().endsWith("}")) continue;
    await rm(join(FOLDER, name!));
    const { libuv } = JSON.parse(text) as { libuv: { is_active?: boolean; is_referenced?: boolean }[] };
    return libuv
      .filter((handle) => handle.is_active && handle.is_referenced)
      .map((handle) => JSON.stringify(handle))
      .join("\n");
  }
  return "it writes no report";
}
