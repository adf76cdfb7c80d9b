import type { MiddlewareHandler } from "hono";

/** Nothing that is served here is a document to be looked at, but the page, which has a policy of its own. */
const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // Links may hold a token.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Puts them on every response, errors too, that doesn't say otherwise itself. */
export function securityHeaders(): MiddlewareHandler {
  const entries = Object.entries(HEADERS);
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    for (const [name, value] of entries) if (!headers.has(name)) headers.set(name, value);
  };
}

/** A video element of another page takes segments without asking CORS, and can't look into them. */
export function openToPlayers(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    context.res.headers.set("cross-origin-resource-policy", "cross-origin");
  };
}
