import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";
import { ROOT } from "./running-program.ts";

const run = promisify(execFile);

const report = z.object({ requests: z.number(), bytes: z.number(), us: z.number(), failed: z.number() });

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

export interface Served {
  readonly requestsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** Asks for an address again and again over a few connections, and says how much came back. */
export async function askWithWrk(url: string, { connections, seconds }: Load): Promise<Served> {
  const script = ["-s", `${ROOT}bench/wrk-report.lua`];
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, ...script, url];
  const { stdout } = await run("wrk", args);
  const { requests, bytes, us, failed } = report.parse(JSON.parse(stdout.trim().split("\n").at(-1)!));
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests to ${url} failed`);
  return { requestsPerSecond: (requests * 1e6) / us, bytesPerSecond: (bytes * 1e6) / us };
}
