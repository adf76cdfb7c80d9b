import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

const EXPOSED_HEADERS = ["content-length", "content-range", "retry-after"];

/**
 * Says which pages may play what is here, and look into it. Headers are put on an answer that is there: put on
 * before it, Hono would have to make the answer anew, body and all.
 * @param origins `*` for any.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const any = origins.includes("*");
  const preflight = cors({
    origin: any ? "*" : [...origins],
    allowMethods: ["GET", "HEAD"],
    exposeHeaders: EXPOSED_HEADERS,
  });
  const exposed = EXPOSED_HEADERS.join(",");
  return async (context, next) => {
    if (context.req.method === "OPTIONS") return preflight(context, next);
    await next();
    const { headers } = context.res;
    const origin = any ? "*" : context.req.header("origin");
    if (any || origins.includes(origin ?? "")) headers.set("access-control-allow-origin", origin!);
    headers.set("access-control-expose-headers", exposed);
    if (!any) headers.append("vary", "Origin");
  };
}
