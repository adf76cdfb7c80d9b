import { Hono } from "hono";
import { mayOpen } from "../doors/pass.ts";
import type { VisitEnv } from "../doors/visit.ts";
import { multivariantPlaylistUrl } from "../hls-path.ts";
import type { MediaLibrary } from "../media-library.ts";
import type { TitleCatalog } from "../title-catalog.ts";

/** `GET /api/titles`: what the visitor can watch. */
export function titleRoutes(library: MediaLibrary, catalog: TitleCatalog): Hono<VisitEnv> {
  const app = new Hono<VisitEnv>();
  app.get("/titles", async (context) => {
    const paths = await library.list(context.req.raw.signal);
    context.header("cache-control", "no-cache");
    const { pass } = context.get("visit");
    const open = paths.filter((path) => mayOpen(pass, path));
    return context.json({ titles: open.map((path) => describe(path, pass.query, catalog)) });
  });
  return app;
}

function describe(path: string, query: string, catalog: TitleCatalog) {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  const durationMs = catalog.knownDurationMs(path);
  return {
    path,
    name: dot > 0 ? file.slice(0, dot) : file,
    ...(durationMs !== undefined && { durationMs }),
    hls: multivariantPlaylistUrl(path) + query,
  };
}
