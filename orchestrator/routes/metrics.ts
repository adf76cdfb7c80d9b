import { Hono } from "hono";
import { type AdminCheck, requireAdmin } from "../doors/require-admin.ts";
import { Problem } from "../problem.ts";

/** Prometheus' text format. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
export const METRICS_PATH = "/metrics";

/** `/metrics`, for administrators: what is watched here, and how much, is nobody else's business. */
export function metricsRoutes(print: () => Promise<string>, isAdmin: AdminCheck): Hono {
  const app = new Hono();
  app.get(METRICS_PATH, requireAdmin(isAdmin), async (context) =>
    context.body(await print(), 200, { "content-type": CONTENT_TYPE, "cache-control": "no-store" }),
  );
  app.onError((error) => {
    if (error instanceof Problem) return error.toResponse();
    throw error;
  });
  return app;
}
