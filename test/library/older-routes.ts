import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type HLSController, StreamType } from "../../library/index.ts";

export interface OlderServer {
  /** Ends in `/`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A server whose routes know nothing but what the older library had: MPEG-TS, and whole numbers of segments. */
export async function serveOlderRoutes(controller: HLSController, film: string): Promise<OlderServer> {
  const server = createServer((request, response) => {
    const [type = "", index, quality = "", name] = request.url!.slice(1).split("/");
    const stream = type === "video" ? StreamType.VIDEO : StreamType.AUDIO;
    const segment = /^segment-(\d+)\.(?:ts|m4s)$/.exec(name ?? "")?.[1];
    const answer = async () => {
      if (type === "playlist.m3u8") return send(await controller.getMasterPlaylist(film, "viewer"));
      if (name === "playlist.m3u8")
        return send(await controller.getIndexPlaylist(film, "viewer", stream, quality, Number(index)));
      if (segment === undefined) return response.writeHead(404).end();
      const number = Number.parseInt(segment, 10);
      const made = await controller.getSegmentStream(film, "viewer", stream, quality, Number(index), number);
      response.writeHead(200, { "content-type": "video/mp2t", "content-length": made.size });
      return made.stream.pipe(response);
    };
    const send = (playlist: string) =>
      response.writeHead(200, { "content-type": "application/vnd.apple.mpegurl" }).end(playlist);
    answer().catch((error: Error) => response.writeHead(500).end(error.message));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
