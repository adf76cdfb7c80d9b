/** What a request asks for, as a label: few values, whatever is asked for. */
export type RouteClass =
  | "playlist"
  | "segment"
  | "subtitles"
  | "picture"
  | "description"
  | "api"
  | "events"
  | "health"
  | "metrics"
  | "page"
  | "command"
  | "other";

const HEALTH: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
const BY_EXTENSION: Readonly<Record<string, RouteClass>> = {
  m3u8: "playlist",
  m4s: "segment",
  mp4: "segment",
  vtt: "subtitles",
  jpg: "picture",
  webp: "picture",
  avif: "picture",
  json: "description",
};

/** @param target of a request line: a path, perhaps with a query. */
export function routeClass(target: string): RouteClass {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (path.startsWith("/hls/")) return filmClass(path);
  if (path.startsWith("/api/")) return /\/events$/.test(path) ? "events" : "api";
  if (path === "/metrics") return "metrics";
  if (HEALTH.has(path)) return "health";
  return path.lastIndexOf("/") === 0 ? "page" : "other";
}

/** The same for a gateway, of which all else are commands. */
export function commandClass(target: string): RouteClass {
  if (/^\/p?subscribe\//.test(target)) return "events";
  return target === "/metrics" ? "metrics" : "command";
}

function filmClass(path: string): RouteClass {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  if (path.endsWith("/screenshot")) return "picture";
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension]! : "other";
}
