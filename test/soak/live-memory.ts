import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

const REPORTER = new URL("../../dist/test/soak/report-live-memory.js", import.meta.url);

/**
 * Asks a process what it has in memory that is still in use. What lies about until it is collected says more of how
 * busy a process is than of what it keeps.
 */
export class LiveMemory {
  readonly #file = join(tmpdir(), `seamline-live-memory-${process.pid}`);

  /** For the process, when it is started. */
  get environment(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${REPORTER.href}`, LIVE_MEMORY_FILE: this.#file };
  }

  /** Megabytes. */
  async read(pid: number): Promise<number> {
    await rm(this.#file, { force: true });
    process.kill(pid, "SIGUSR2");
    const report = () => readFile(this.#file, "utf8").catch(() => "");
    await expect.poll(report, { timeout: 30_000 }).toMatch(/\n$/);
    return Number(await report()) / 1e6;
  }

  async close(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
