import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer as startInProcess } from "../../cli/serve.ts";
import { parseConfig } from "../../shared/config.ts";
import { silentLog } from "../../shared/log.ts";

/** A running embedded server over a media folder, with storage of its own that begins empty. */
export interface EmbeddedServer {
  /** Ends in `/`. */
  readonly url: string;
  readonly storageDir: string;
  /** Stops it, waits until everything it held is free, and removes its storage. */
  stop(): Promise<void>;
}

/** @param settings as in the environment, such as `{ SEGMENT_WAIT_MS: "500" }`. */
export async function startServer(
  mediaDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedServer> {
  const storageDir = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  const stopping = new AbortController();
  const { url, closed } = await startInProcess({
    config: parseConfig({ PORT: "0", HOST: "127.0.0.1", ...settings }),
    mediaDir,
    storageDir,
    log: silentLog,
    signal: stopping.signal,
  });
  return {
    url: url.replace("localhost", "127.0.0.1"),
    storageDir,
    async stop() {
      stopping.abort();
      await closed;
      await rm(storageDir, { recursive: true, force: true });
    },
  };
}
