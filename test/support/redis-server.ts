import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./free-port.ts";

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  /** SIGKILL; `start` brings an empty one back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: connections stay, and nothing is answered until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** A cluster of one, which refuses scripts whose keys lie in several slots. */
  readonly cluster?: boolean;
  readonly password?: string;
}

/** A real Redis of its own, in memory; `REDIS_SERVER` names another program than the one in the path. */
export async function startRedis({
  cluster = false,
  password,
}: RedisServerOptions = {}): Promise<RedisServer> {
  const program = process.env.REDIS_SERVER ?? "redis-server";
  const folder = await mkdtemp(join(tmpdir(), "seamline-redis-"));
  const port = await freePort();
  const start = async () => {
    const args = [
      "--port",
      `${port}`,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      folder,
      ...(password ? ["--requirepass", password] : []),
      ...(cluster ? ["--cluster-enabled", "yes", "--cluster-config-file", join(folder, "nodes.conf")] : []),
    ];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface(child.stdout))
      if (/ready to accept connections/i.test(line)) break;
    child.stdout.resume();
    return child;
  };
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async start() {
      child = await start();
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
