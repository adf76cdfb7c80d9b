import { once } from "node:events";
import { createServer } from "node:net";
import type { Config } from "../../shared/config.ts";
import { chooseConcurrency } from "../../worker/concurrency.ts";
import { readMachineLimits } from "../../worker/machine-limits.ts";
import { formatBytes } from "../output/words.ts";
import { type Diagnosis, fail, ok, reasonOf, warn } from "./diagnosis.ts";

const OLDEST_NODE = [20, 19] as const;
/** Below this there is hardly room for one encode beside the program. */
const LITTLE_MEMORY = 1e9;

/** Node.js, processors and memory, and the port. */
export async function lookAtMachine(config: Config): Promise<readonly Diagnosis[]> {
  return [lookAtNode(process.versions.node), await lookAtLimits(config), await lookAtPort(config)];
}

export function lookAtNode(version: string): Diagnosis {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return isOld
    ? fail("node", version, `install Node.js ${OLDEST_NODE.join(".")} or later`)
    : ok("node", version);
}

async function lookAtLimits(config: Config): Promise<Diagnosis> {
  const limits = await readMachineLimits();
  const encodes = config.WORKER_CONCURRENCY ?? chooseConcurrency(limits);
  const found = `${encodes} at a time, with ${limits.processors} processors and ${formatBytes(limits.memoryBytes)}`;
  if (limits.memoryBytes < LITTLE_MEMORY)
    return warn("encodes", found, "give it 1 GB of memory or more: FFmpeg may not get what it needs");
  if (encodes > chooseConcurrency(limits))
    return warn(
      "encodes",
      found,
      `WORKER_CONCURRENCY is above ${chooseConcurrency(limits)}, what the machine is good for`,
    );
  return ok("encodes", found);
}

async function lookAtPort({ PORT, HOST }: Config): Promise<Diagnosis> {
  const name = `port ${PORT}`;
  const server = createServer();
  try {
    server.listen({ port: PORT, ...(HOST && { host: HOST }), exclusive: true });
    await once(server, "listening");
    server.close();
    return ok(name, "free");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      return warn(name, "in use", "if that is not Seamline itself, choose another with --port");
    const cure =
      code === "EACCES" ? "choose a port above 1023, or allow this user the low ones" : "see HOST and --port";
    return fail(name, reasonOf(error), cure);
  }
}
