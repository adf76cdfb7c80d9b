import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { type Config, ConfigError } from "../shared/config.ts";

/** How long open answers may take once the server is told to stop. */
const DRAIN_MS = 3000;

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, gives open ones a moment, then ends them. */
  close(): Promise<void>;
}

export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  config: Config,
): Promise<HttpServer> {
  const server = serve({ fetch, port: config.PORT, ...(config.HOST && { hostname: config.HOST }) });
  await listening(server, config);
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => closeServer(server) };
}

async function listening(server: ServerType, config: Config): Promise<void> {
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new ConfigError(`PORT=${config.PORT}: another program listens there already.`);
    }
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
