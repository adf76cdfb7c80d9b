import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { listen } from "../../cli/http-server.ts";
import { parseConfig } from "../../shared/config.ts";

export interface StorageOrigin {
  /** Ends in `/`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A plain static web server over a storage folder. */
export async function startStorageOrigin(folder: string): Promise<StorageOrigin> {
  const app = new Hono().use(serveStatic({ root: folder }));
  const server = await listen(app.fetch, parseConfig({ PORT: "0", HOST: "127.0.0.1" }));
  return { url: server.url.replace("localhost", "127.0.0.1"), stop: server.close };
}
