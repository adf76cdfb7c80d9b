import type { MiddlewareHandler } from "hono";
import { Problem } from "../problem.ts";

/** Room for a path of 2,000 letters of any alphabet, and a token for it. Node.js takes 16 KiB with all headers. */
const MAX_URL_LENGTH = 8192;
const METHODS = ["GET", "HEAD", "OPTIONS"];
const ALLOW = METHODS.join(", ");
/** What somebody sends all the same is not read. */
const UNREAD = { connection: "close" };

/** Everything here is read, not written. A route that takes another method has to stand before this. */
export function readOnly(): MiddlewareHandler {
  return async ({ req }, next) => {
    if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: ALLOW } });
    if (!METHODS.includes(req.method)) throw methodNotAllowed(req.method);
    if (req.url.length > MAX_URL_LENGTH) throw uriTooLong();
    if (hasBody(req.raw.headers)) throw bodyNotWanted();
    return next();
  };
}

/** RFC 9112 6.3: a request has a body when it says how long it is. */
export function hasBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
}

function methodNotAllowed(method: string): Problem {
  return new Problem({
    status: 405,
    code: "method-not-allowed",
    title: "Not this way",
    detail: `${method.slice(0, 20)} does nothing here: this address can only be read.`,
    headers: { allow: ALLOW, ...UNREAD },
  });
}

function uriTooLong(): Problem {
  return new Problem({
    status: 414,
    code: "uri-too-long",
    title: "The address is too long",
    detail: `An address has at most ${MAX_URL_LENGTH} characters here.`,
  });
}

function bodyNotWanted(): Problem {
  return new Problem({
    status: 413,
    code: "body-not-wanted",
    title: "Nothing to be sent here",
    detail: "This address is only read; the request must have no body.",
    headers: UNREAD,
  });
}
