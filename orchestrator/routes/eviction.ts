import { Hono } from "hono";
import { honoPattern } from "../api/describe-route.ts";
import { evictTitle } from "../api/title-routes.ts";
import type { WaitLimits } from "../doors/wait-limits.ts";
import { decodePath } from "../hls-path.ts";
import type { JobDesk } from "../job-desk.ts";
import { notFound, notOfferedHere, Problem } from "../problem.ts";
import type { TitleCatalog } from "../title-catalog.ts";

/** The port to whoever may remove what is stored. */
export interface TitleEvictor {
  /** Removes all that is stored of a title, unless somebody used it a moment ago. */
  evictTitle(key: string, signal: AbortSignal): Promise<"evicted" | "absent" | "in-use">;
}

export interface EvictionDeps {
  /** Undefined where storage is only read. */
  readonly evictor: TitleEvictor | undefined;
  readonly catalog: TitleCatalog;
  readonly desk: JobDesk;
  readonly waits: WaitLimits;
}

const PREFIX = "/api/titles/";

/** `DELETE /api/titles/<path>`, for administrators. */
export function evictionRoutes({ evictor, catalog, desk, waits }: EvictionDeps): Hono {
  const app = new Hono();
  const waiting = waits.at(desk, () => "administrator");
  app.delete(honoPattern(evictTitle), async ({ req: { raw } }) => {
    if (!evictor)
      throw notOfferedHere("Storage is only read from here: ask an orchestrator that runs in Node.");
    const path = decodePath(new URL(raw.url).pathname.slice(PREFIX.length));
    if (path === undefined) throw notFound("This is no path of a title.");
    const { key } = await catalog.open(path, waiting, raw);
    const outcome = await evictor.evictTitle(key, raw.signal);
    if (outcome === "in-use") throw inUse(path);
    return new Response(null, { status: 204 });
  });
  return app;
}

function inUse(path: string): Problem {
  return new Problem({
    status: 409,
    code: "title-in-use",
    title: "Somebody may be watching",
    detail: `“${path}” was watched, or a part of it made, within the last ten minutes. Ask again later.`,
  });
}
