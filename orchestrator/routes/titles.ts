import { Hono } from "hono";
import type { ListedTitle } from "../../shared/api/title.ts";
import { chaptersOf } from "../../shared/playlist/chapters.ts";
import { answerJson, honoPattern } from "../api/describe-route.ts";
import { listTitles } from "../api/title-routes.ts";
import { nameTitle } from "../describe-title.ts";
import { mayOpen } from "../doors/pass.ts";
import type { VisitEnv } from "../doors/visit.ts";
import { multivariantPlaylistUrl, TITLE_DESCRIPTION, titleUrl } from "../hls-path.ts";
import type { MediaLibrary } from "../media-library.ts";
import type { TitleCatalog } from "../title-catalog.ts";

/** `GET /api/titles`: what the visitor can watch. */
export function titleRoutes(library: MediaLibrary, catalog: TitleCatalog): Hono<VisitEnv> {
  const app = new Hono<VisitEnv>();
  app.get(honoPattern(listTitles), async (context) => {
    const paths = await library.list(context.req.raw.signal);
    context.header("cache-control", "no-cache");
    const { pass } = context.get("visit");
    const open = paths.filter((path) => mayOpen(pass, path));
    const titles = open.map((path) => describe(path, pass.query, catalog));
    return answerJson(context, listTitles, 200, { titles });
  });
  return app;
}

function describe(path: string, query: string, catalog: TitleCatalog): ListedTitle {
  const known = catalog.known(path);
  const chapters = known ? chaptersOf(known.source, known.durationMs) : [];
  return {
    path,
    name: nameTitle(path),
    ...(known && { durationMs: known.durationMs }),
    ...(chapters.length > 0 && { chapters }),
    hls: multivariantPlaylistUrl(path) + query,
    description: titleUrl(path, TITLE_DESCRIPTION) + query,
  };
}
