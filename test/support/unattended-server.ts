import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientAddress } from "../../cli/client-address.ts";
import { listen } from "../../cli/http-server.ts";
import { createApp } from "../../orchestrator/app.ts";
import { createDoors } from "../../orchestrator/doors/doors.ts";
import { KeptAnswers } from "../../orchestrator/kept-answers.ts";
import { KnownSegments } from "../../orchestrator/known-segments.ts";
import { TitlePlans } from "../../orchestrator/title-plans.ts";
import { parseConfig } from "../../shared/config.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";

/** A server without workers: whoever asks for a title waits. */
export interface UnattendedServer {
  /** Ends in `/`. */
  readonly url: string;
  readonly store: MemoryLeaseStore;
  stop(): Promise<void>;
}

export async function startUnattended(settings: Readonly<Record<string, string>>): Promise<UnattendedServer> {
  const config = parseConfig({ PORT: "0", HOST: "127.0.0.1", ...settings });
  const folder = await mkdtemp(join(tmpdir(), "seamline-unattended-"));
  const store = new MemoryLeaseStore();
  const orchestrator = createApp({
    store,
    storage: new FileStorage(folder),
    library: { list: async () => [] },
    assets: { read: async () => undefined },
    dependencies: [],
    doors: createDoors(config, clientAddress(config.TRUSTED_PROXIES)),
    sourceHosts: { public: config.SOURCE_HOSTS, private: config.SOURCE_PRIVATE_HOSTS },
    plan: { segmentSeconds: config.SEGMENT_SECONDS },
    plans: new TitlePlans(),
    knownSegments: new KnownSegments(),
    waitMs: config.SEGMENT_WAIT_MS,
    maxAttempts: config.MAX_ATTEMPTS,
    fileWaitMs: config.FILE_WAIT_MS,
    handOff: undefined,
    compress: true,
    preparing: undefined,
    evictor: undefined,
    waitUntil() {},
    log: silentLog,
  });
  const server = await listen(new KeptAnswers().before(orchestrator.app.fetch), config);
  return {
    url: server.url.replace("localhost", "127.0.0.1"),
    store,
    async stop() {
      orchestrator.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
