import { Hono } from "hono";
import { multivariantPlaylistUrl } from "../hls-path.ts";
import type { MediaLibrary } from "../media-library.ts";
import type { TitleCatalog } from "../title-catalog.ts";

/** `GET /api/titles`: what can be watched. */
export function titleRoutes(library: MediaLibrary, catalog: TitleCatalog): Hono {
  const app = new Hono();
  app.get("/titles", async (context) => {
    const paths = await library.list(context.req.raw.signal);
    context.header("cache-control", "no-cache");
    return context.json({ titles: paths.map((path) => describe(path, catalog)) });
  });
  return app;
}

function describe(path: string, catalog: TitleCatalog) {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  const durationMs = catalog.knownDurationMs(path);
  return {
    path,
    name: dot > 0 ? file.slice(0, dot) : file,
    ...(durationMs !== undefined && { durationMs }),
    hls: multivariantPlaylistUrl(path),
  };
}
