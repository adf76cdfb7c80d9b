import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer as startInProcess } from "../../cli/serve.ts";
import { parseConfig } from "../../shared/config.ts";
import { type Log, silentLog } from "../../shared/log.ts";

/** A running embedded server over a media folder, with storage of its own that begins empty. */
export interface EmbeddedServer {
  /** Ends in `/`. */
  readonly url: string;
  readonly storageDir: string;
  /** Stops it, waits until everything it held is free, and removes its storage unless that was given. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Storage that is there already, and stays. */
  readonly storageDir?: string;
  readonly log?: Log;
}

/** @param settings as in the environment, such as `{ HANDOFF: "x-sendfile" }`. */
export async function startServer(
  mediaDir: string,
  settings: Readonly<Record<string, string>> = {},
  { storageDir: given, log = silentLog }: EmbeddedOptions = {},
): Promise<EmbeddedServer> {
  const { SEGMENT_WAIT_MS } = process.env;
  const storageDir = given ?? (await mkdtemp(join(tmpdir(), "seamline-storage-")));
  const stopping = new AbortController();
  const { url, closed } = await startInProcess({
    config: parseConfig({ PORT: "0", HOST: "127.0.0.1", SEGMENT_WAIT_MS, ...settings }),
    mediaDir,
    storageDir,
    log,
    signal: stopping.signal,
  });
  return {
    url: url.replace("localhost", "127.0.0.1"),
    storageDir,
    async stop() {
      stopping.abort();
      await closed;
      // A call of the file system that was given up can't be taken back: it may end only now.
      if (!given) await rm(storageDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
