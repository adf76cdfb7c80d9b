import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { chooseHandOff } from "../../cli/hand-off.ts";
import { createApp } from "../../orchestrator/app.ts";
import { createDoors } from "../../orchestrator/doors/doors.ts";
import type { VisitEnv } from "../../orchestrator/doors/visit.ts";
import { KnownSegments } from "../../orchestrator/known-segments.ts";
import { TitlePlans } from "../../orchestrator/title-plans.ts";
import { parseConfig } from "../../shared/config.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import type { SourceInfo } from "../../shared/media/source-info.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { titleObject } from "../../shared/storage/object-name.ts";

/** The product's app, without a socket, over a title that is planned and has no segments yet. */
export interface TitleApp {
  readonly app: Hono<VisitEnv>;
  readonly title: Title;
  readonly storageDir: string;
  /** Jobs are asked for here; nobody does them. */
  readonly store: MemoryLeaseStore;
  /** Path of what lies in a rendition, such as `/hls/…/v720/0.m4s`. */
  pathOf(rendition: string, name: string): string;
  /** Puts an object into storage, and says under which name. */
  publish(rendition: string, name: string, bytes: Uint8Array): Promise<string>;
  close(): Promise<void>;
}

/** @param settings as in the environment. */
export async function createTitleApp(
  source: SourceInfo,
  settings: Readonly<Record<string, string>> = {},
): Promise<TitleApp> {
  const config = parseConfig({ SEGMENT_WAIT_MS: "100", ...settings });
  const storageDir = await mkdtemp(join(tmpdir(), "seamline-title-"));
  const storage = new FileStorage(storageDir);
  const store = new MemoryLeaseStore();
  const plans = new TitlePlans();
  const title = await planTitle(source, { segmentSeconds: config.SEGMENT_SECONDS });
  plans.remember(title);
  const { app, close } = createApp({
    store,
    storage,
    library: { list: async () => [source.path] },
    assets: { read: async () => new TextEncoder().encode("a file of the page") },
    dependencies: [],
    doors: createDoors(config, () => "192.0.2.1"),
    sourceHosts: { public: [], private: [] },
    plan: title.options,
    plans,
    knownSegments: new KnownSegments(),
    waitMs: config.SEGMENT_WAIT_MS,
    maxAttempts: config.MAX_ATTEMPTS,
    fileWaitMs: config.FILE_WAIT_MS,
    handOff: chooseHandOff(config, storageDir),
    compress: true,
    preparing: undefined,
    evictor: undefined,
    fleet: { listing: storage, isFleet: false },
    waitUntil() {},
    log: silentLog,
  });
  return {
    app,
    title,
    storageDir,
    store,
    pathOf: (rendition, name) => `/hls/${source.path}/${title.key}/${rendition}/${name}`,
    async publish(rendition, name, bytes) {
      const object = titleObject(title.key, rendition, name);
      await storage.publish(object, bytes);
      return object;
    },
    async close() {
      close();
      await rm(storageDir, { recursive: true });
    },
  };
}
