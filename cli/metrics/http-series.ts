import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Counter, Gauge, type Registry } from "prom-client";
import type { RouteClass } from "./route-class.ts";

/** Counts a server's requests and what it sends, where they enter and leave the process. */
export function httpSeries(
  registry: Registry,
  classify: (target: string) => RouteClass,
): (server: Server) => void {
  const requests = new Counter({
    name: "seamline_http_requests_total",
    help: "Requests answered, by route and status; 0 where the client left before there was an answer",
    labelNames: ["route", "status"],
    registers: [registry],
  });
  const bytes = new Counter({
    name: "seamline_http_response_bytes_total",
    help: "Bytes sent to clients, headers included, by route",
    labelNames: ["route"],
    registers: [registry],
  });
  const open = new Gauge({
    name: "seamline_http_requests_in_flight",
    help: "Requests that are being answered, by route",
    labelNames: ["route"],
    registers: [registry],
  });
  const count = ({ url = "", socket }: IncomingMessage, response: ServerResponse) => {
    const route = classify(url);
    const writtenBefore = socket.bytesWritten;
    open.inc({ route });
    response.once("close", () => {
      open.dec({ route });
      requests.inc({ route, status: response.headersSent ? response.statusCode : 0 });
      bytes.inc({ route }, Math.max(0, socket.bytesWritten - writtenBefore));
    });
  };
  return (server) => void server.prependListener("request", count);
}
