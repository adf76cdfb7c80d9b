import { once } from "node:events";
import { stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { availableParallelism, homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { serve as listen, type ServerType } from "@hono/node-server";
import { createApp } from "../orchestrator/app.ts";
import type { Dependency } from "../orchestrator/routes/health.ts";
import { type Config, ConfigError } from "../shared/config.ts";
import { MemoryLeaseStore } from "../shared/lease/memory-lease-store.ts";
import type { Log } from "../shared/log.ts";
import { checkWritable, FileStorage } from "../shared/node/file-storage.ts";
import { checkPrograms } from "../worker/ffmpeg/check-programs.ts";
import { runWorker } from "../worker/work-loop.ts";
import { FolderLibrary } from "./folder-library.ts";
import { createLog } from "./log.ts";
import { createPageAssets } from "./page-assets.ts";
import { readSettings } from "./settings.ts";

/** How long open answers may take once the server is told to stop. */
const DRAIN_MS = 3000;

/** `seamline serve [folder]`: both halves in one process over leases in memory. */
export async function serve(args: readonly string[]): Promise<number> {
  const { config, positionals } = readSettings(args, process.env);
  const mediaDir = await mediaFolder(positionals[0] ?? config.MEDIA_DIR);
  const storageDir = resolve(config.STORAGE_DIR ?? defaultStorageDir());
  await checkWritable(storageDir).catch((error: Error) => {
    throw new ConfigError(`STORAGE_DIR=${storageDir}: can't be written to (${error.message}).`);
  });
  const stop = stopOnSignal();
  await checkPrograms(stop.signal).catch((error: Error) => {
    throw new ConfigError(error.message);
  });
  const log = createLog(config.LOG_LEVEL);
  const server = await startEmbedded({ config, mediaDir, storageDir, log, signal: stop.signal });
  process.stdout.write(`Seamline serves ${mediaDir} at ${server.url}\n`);
  await once(stop.signal, "abort");
  await server.closed;
  stop.dispose();
  return 0;
}

export interface EmbeddedOptions {
  readonly config: Config;
  readonly mediaDir: string;
  readonly storageDir: string;
  readonly log: Log;
  /** Stops the server when it fires. */
  readonly signal: AbortSignal;
}

/** Starts orchestrator and worker in this process. `closed` settles once all they held is free again. */
export async function startEmbedded(
  options: EmbeddedOptions,
): Promise<{ url: string; closed: Promise<void> }> {
  const { config, mediaDir, storageDir, log, signal } = options;
  const store = new MemoryLeaseStore();
  const storage = new FileStorage(storageDir);
  const orchestrator = createApp({
    store,
    storage,
    library: new FolderLibrary(mediaDir),
    assets: createPageAssets(),
    dependencies: dependencies(mediaDir, storageDir),
    plan: { segmentSeconds: config.SEGMENT_SECONDS },
    waitMs: config.SEGMENT_WAIT_MS,
    fileWaitMs: config.FILE_WAIT_MS,
    log,
  });
  const address = { port: config.PORT, ...(config.HOST && { hostname: config.HOST }) };
  const server = listen({ fetch: orchestrator.app.fetch, ...address });
  await listening(server, config);
  const worker = runWorker(
    {
      id: config.WORKER_ID ?? hostname(),
      mediaDir,
      store,
      storage,
      concurrency: config.WORKER_CONCURRENCY ?? availableParallelism(),
      leaseMs: config.LEASE_TTL_MS,
      renewMs: config.LEASE_RENEW_MS,
      log,
    },
    signal,
  );
  const closed = once(signal, "abort").then(async () => {
    orchestrator.close();
    await Promise.all([closeServer(server), worker]);
  });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, closed };
}

async function mediaFolder(folder: string | undefined): Promise<string> {
  if (!folder) throw new ConfigError("no folder given: seamline serve <folder>, or MEDIA_DIR.");
  const path = resolve(folder);
  const status = await stat(path).catch(() => undefined);
  if (!status?.isDirectory()) throw new ConfigError(`the media folder ${path} is not there or is no folder.`);
  return path;
}

/** Where finished segments are kept from one start to the next. */
function defaultStorageDir(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "seamline");
}

function dependencies(mediaDir: string, storageDir: string): Dependency[] {
  return [
    { name: "media", check: async () => void (await stat(mediaDir)) },
    { name: "storage", check: () => checkWritable(storageDir) },
  ];
}

async function listening(server: ServerType, config: Config): Promise<void> {
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new ConfigError(`PORT=${config.PORT}: another program listens there already.`);
    throw new ConfigError(`HOST=${config.HOST ?? ""} PORT=${config.PORT}: can't listen there (${code}).`);
  }
}

async function closeServer(server: ServerType): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const timer = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

function stopOnSignal(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort(new Error("told to stop"));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
    },
  };
}
