import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type HttpBindings, type ServerType, serve } from "@hono/node-server";
import { type Config, ConfigError } from "../shared/config.ts";
import { cutStalledClients } from "./stalled-clients.ts";

/** How long open answers may take once the server is told to stop. */
const DRAIN_MS = 3000;
const IDLE_CHECK_MS = 50;

/** For whoever opens connections and says nothing, or little by little. */
export interface RequestLimits {
  /** How long a request's headers may take to arrive, milliseconds. */
  readonly headersMs: number;
  /** How long all of it may take. */
  readonly requestMs: number;
  /** How often connections are looked through. */
  readonly checkMs: number;
}

export const REQUEST_LIMITS: RequestLimits = { headersMs: 10_000, requestMs: 30_000, checkMs: 2000 };
/** Bytes; the URL counts. */
const MAX_HEADER_SIZE = 16_384;

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, gives open ones a moment, then ends them. */
  close(): Promise<void>;
}

/** @param watch is given the server before it listens. */
export async function listen(
  fetch: (request: Request, env: HttpBindings) => Response | Promise<Response>,
  config: Pick<Config, "PORT" | "HOST" | "CLIENT_STALL_MS">,
  limits = REQUEST_LIMITS,
  watch: (server: Server) => void = () => {},
): Promise<HttpServer> {
  const server = serve({
    fetch: (request, env) => fetch(request, env as HttpBindings),
    port: config.PORT,
    ...(config.HOST && { hostname: config.HOST }),
    serverOptions: {
      maxHeaderSize: MAX_HEADER_SIZE,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
    },
  }) as Server;
  cutStalledClients(server, config.CLIENT_STALL_MS);
  watch(server);
  await listening(server, config);
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => closeServer(server) };
}

async function listening(server: ServerType, config: Pick<Config, "PORT" | "HOST">): Promise<void> {
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
  // A connection whose answer ends only now would stay until its client lets go of it.
  const idle = setInterval(
    () => "closeIdleConnections" in server && server.closeIdleConnections(),
    IDLE_CHECK_MS,
  );
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
