import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** How one file is answered for, where it isn't as a good web server would. */
export type Manner = (request: IncomingMessage, response: ServerResponse, plainly: () => void) => void;

/** A web server with films, on a free port of 127.0.0.1. */
export interface FilmOrigin {
  /** `127.0.0.1:1234`. */
  readonly host: string;
  readonly port: number;
  /** What was asked for so far: `/film.mp4 bytes=0-7`. */
  readonly requests: string[];
  /** Connections that are open. */
  connections(): Promise<number>;
  /** From now on, the file of this name is answered for in this manner; plainly without one. */
  behave(name: string, manner?: Manner): void;
  stop(): Promise<void>;
}

export interface OriginOptions {
  /** Serves over TLS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  readonly hostname?: string;
}

export async function startFilmOrigin(
  folder: string,
  { certificate, hostname = "127.0.0.1" }: OriginOptions = {},
): Promise<FilmOrigin> {
  const requests: string[] = [];
  const manners = new Map<string, Manner>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const name = decodeURIComponent(new URL(request.url!, "http://host").pathname.slice(1));
    requests.push(`${request.url} ${request.headers.range}`);
    const plainly = () => void serveFile(join(folder, name), request, response);
    const manner = manners.get(name);
    if (manner) manner(request, response, plainly);
    else plainly();
  };
  const server: Server = certificate ? createSecureServer(certificate, answer) : createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: `${hostname}:${port}`,
    port,
    requests,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    behave(name, manner) {
      if (manner) manners.set(name, manner);
      else manners.delete(name);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function serveFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) return void response.writeHead(404).end();
  const { size } = status;
  const version = { "last-modified": status.mtime.toUTCString(), etag: `"${size}-${status.mtimeMs}"` };
  const [, from, to = size - 1] = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) {
    response.writeHead(200, { ...version, "content-length": size });
    return void createReadStream(path).pipe(response);
  }
  const [first, last] = [Number(from), Math.min(Number(to), size - 1)];
  if (first > last) return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
  response.writeHead(206, {
    ...version,
    // A playlist's type, of which nothing may reach FFmpeg.
    "content-type": "application/vnd.apple.mpegurl",
    "content-length": last - first + 1,
    "content-range": `bytes ${first}-${last}/${size}`,
  });
  const file = createReadStream(path, { start: first, end: last });
  response.on("close", () => file.destroy());
  file.pipe(response);
}
