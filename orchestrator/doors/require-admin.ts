import type { MiddlewareHandler } from "hono";
import { isSameSecret } from "../../shared/access/same-secret.ts";
import { Problem } from "../problem.ts";

/** Whether a request comes from who runs this: `closed` where there is no way to prove it. */
export type AdminCheck = (request: Request) => Promise<"admin" | "missing" | "wrong" | "closed">;

/**
 * @param token what `Authorization: Bearer …` has to say.
 * @param withoutToken what holds where none is set: a server that lets everybody watch lets everybody look.
 */
export function createAdminCheck(token: string | undefined, withoutToken: "admin" | "closed"): AdminCheck {
  return async (request) => {
    if (token === undefined) return withoutToken;
    const given = /^Bearer +(.*)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (given === undefined) return "missing";
    return isSameSecret(given, token) ? "admin" : "wrong";
  };
}

/** For every route that changes something or shows the fleet. */
export function requireAdmin(check: AdminCheck): MiddlewareHandler {
  return async (context, next) => {
    const who = await check(context.req.raw);
    if (who === "admin") return next();
    throw who === "closed" ? closed() : unauthorized(who);
  };
}

function unauthorized(who: "missing" | "wrong"): Problem {
  return new Problem({
    status: 401,
    code: `admin-token-${who}`,
    title: "For administrators",
    detail: `The token is ${who}: send ADMIN_TOKEN's as “Authorization: Bearer …”.`,
    headers: { "www-authenticate": "Bearer" },
  });
}

function closed(): Problem {
  return new Problem({
    status: 403,
    code: "admin-closed",
    title: "For administrators",
    detail: "This server has no ADMIN_TOKEN, so nobody can prove to be one. Set it to open this.",
  });
}
