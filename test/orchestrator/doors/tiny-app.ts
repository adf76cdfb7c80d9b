import { Hono } from "hono";
import { createDoors, installDoors } from "../../../orchestrator/doors/doors.ts";
import type { Visit, VisitEnv } from "../../../orchestrator/doors/visit.ts";
import { Problem } from "../../../orchestrator/problem.ts";
import { parseConfig } from "../../../shared/config.ts";

export const ADDRESS = "192.0.2.1";

/** Routes that say who asks, behind the product's doors. @param settings as in the environment. */
export function tinyApp(settings: Readonly<Record<string, string>> = {}): Hono<VisitEnv> {
  const app = new Hono<VisitEnv>();
  installDoors(
    app,
    createDoors(parseConfig(settings), () => ADDRESS),
  );
  const tell = ({ pass, client }: Visit) => ({ pass, client: client() });
  app.get("/hls/*", ({ var: { visit }, body }) =>
    body(JSON.stringify(tell(visit)), 200, {
      "cache-control": "public, max-age=31536000, immutable",
      etag: '"1"',
    }),
  );
  app.get("/api/titles", ({ var: { visit }, json }) =>
    json(tell(visit), 200, { "cache-control": "no-cache" }),
  );
  app.get("/page", ({ text }) => text("page"));
  app.notFound(() => new Response("nothing", { status: 404 }));
  app.onError((error) => {
    if (error instanceof Problem) return error.toResponse();
    throw error;
  });
  return app;
}
