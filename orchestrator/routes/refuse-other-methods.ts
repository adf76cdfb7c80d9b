import type { Hono } from "hono";
import { type DescribedRoute, honoPattern } from "../api/describe-route.ts";
import { Problem } from "../problem.ts";

/** Answers all methods that described routes don't have. To be called once those that they have are there. */
export function refuseOtherMethods(app: Hono, routes: readonly DescribedRoute[]): void {
  for (const pattern of new Set(routes.map(honoPattern))) {
    const its = routes.filter((route) => honoPattern(route) === pattern);
    const methods = its.map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    app.all(pattern, ({ req: { method } }) => {
      if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
      throw new Problem({
        status: 405,
        code: "method-not-allowed",
        title: "Not this way",
        detail: `${method.slice(0, 20)} does nothing here: ${allow} do.`,
        headers: { allow },
      });
    });
  }
}
