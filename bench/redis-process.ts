import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLog } from "../shared/log.ts";
import { TcpRedis } from "../shared/node/tcp-redis.ts";
import type { RedisPort } from "../shared/redis/redis-port.ts";
import { freePort } from "../test/support/free-port.ts";
import { installPackages, type RunningProgram, startProgram } from "./running-program.ts";

/** A Redis of its own, in memory. */
export async function startRedis(): Promise<RunningProgram & { readonly url: string }> {
  await installPackages("redis-server=redis-server");
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "seamline-redis-"));
  const settings = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const program = await startProgram("redis-server", settings, { ready: /ready to accept connections/i });
  return {
    ...program,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await program.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const CONNECT_MS = 10_000;

/** Over TCP, as the product connects, and connected. */
export async function connectTcp(url: string): Promise<TcpRedis> {
  return connected(new TcpRedis({ url, timeoutMs: 10_000, log: silentLog }));
}

/** Waits until it answers. */
export async function connected<Port extends RedisPort>(redis: Port): Promise<Port> {
  for (const until = performance.now() + CONNECT_MS; ; await sleep(10)) {
    try {
      await redis.ping();
      return redis;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}
