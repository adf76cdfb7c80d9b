import type { MiddlewareHandler } from "hono";
import { type AccessKeys, verifyToken } from "../../shared/access/token.ts";
import { parseHlsUrl } from "../hls-path.ts";
import { Problem } from "../problem.ts";
import { mayOpen, openPass, type Pass, passFor, TOKEN_PARAMETER } from "./pass.ts";
import type { VisitEnv } from "./visit.ts";

export interface AdmitOptions {
  /** Absent where everybody is let in. */
  readonly keys: Promise<AccessKeys> | undefined;
  /** The address a request comes from. @param env what the server passes along with it. */
  readonly addressOf: (request: Request, env: unknown) => string;
}

/** Lets in whoever has a token for what is asked, and notes who it is. */
export function admitVisitor({ keys, addressOf }: AdmitOptions): MiddlewareHandler<VisitEnv> {
  return async (context, next) => {
    const url = new URL(context.req.url);
    const pass = keys ? await checkToken(url.searchParams.get(TOKEN_PARAMETER), await keys) : openPass;
    const asked = parseHlsUrl(url);
    if (asked && !mayOpen(pass, asked.path)) throw forbidden("token-not-for-this", "It is for another path.");
    const viewer = pass.grant?.viewer;
    const client = () =>
      viewer === undefined ? `address ${addressOf(context.req.raw, context.env)}` : `viewer ${viewer}`;
    context.set("visit", { pass, client, asked });
    await next();
    if (pass.grant) keepPrivate(context.res.headers);
  };
}

async function checkToken(token: string | null, keys: AccessKeys): Promise<Pass> {
  if (!token) throw unauthorized("token-missing", "This address needs a token: use the link you were given.");
  const verdict = await verifyToken(token, keys, Date.now());
  switch (verdict.kind) {
    case "granted":
      return passFor(token, verdict.grant);
    case "expired":
      throw forbidden("token-expired", "It has expired.");
    case "invalid":
      throw unauthorized("token-invalid", "The token of this link is damaged, or not from here.");
  }
}

/** No cache between here and the viewer may give one viewer's answer, whose URLs hold a token, to another. */
function keepPrivate(headers: Headers): void {
  const rest = (headers.get("cache-control") ?? "no-store").replace(/^public, /, "");
  headers.set("cache-control", rest === "no-store" ? rest : `private, ${rest}`);
}

function unauthorized(code: "token-missing" | "token-invalid", detail: string): Problem {
  // RFC 9110 11.6.1: a 401 names what would help.
  const headers = { "www-authenticate": `Signed-URL parameter="${TOKEN_PARAMETER}"` };
  return new Problem({ status: 401, code, title: "A token is needed", detail, headers });
}

function forbidden(code: "token-expired" | "token-not-for-this", why: string): Problem {
  const detail = `The token of this link doesn't open this. ${why} Ask whoever gave it to you for another.`;
  return new Problem({ status: 403, code, title: "The token doesn't open this", detail });
}
