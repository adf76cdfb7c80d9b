import { Hono } from "hono";
import { honoPattern } from "../api/describe-route.ts";
import { getFleetPage, getOpenApi, getPage } from "../api/server-routes.ts";
import type { HandOff } from "../hand-off.ts";
import { notFound } from "../problem.ts";

/** The port to the web page's built files. */
export interface PageAssets {
  /** @param name such as `app.js`; undefined when there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
};

/** What the page may load: its own files, and films through the script. */
function policy(handOff: HandOff | undefined): string {
  const films = handOff?.kind === "redirect" ? `'self' ${new URL(handOff.base).origin}` : "'self'";
  return [
    ...["default-src 'none'", "script-src 'self'", "img-src 'self' data:"],
    // The player's controls carry their style in elements of their own, and know no nonce. Style from elsewhere,
    // and in attributes, stays out; and a rule can send nothing anywhere, since all else comes from here.
    ...["style-src 'self'", "style-src-elem 'self' 'unsafe-inline'", "style-src-attr 'none'"],
    // hls.js begins each track of subtitles as an empty `data:` document.
    ...[`media-src ${films} blob: data:`, `connect-src ${films}`, "worker-src 'self' blob:"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join("; ");
}

/** The web page at `/`, that of the fleet, their scripts and styles, and the description of all routes. They hold nothing secret: the page asks for that, with its token. */
export function pageRoutes(assets: PageAssets, handOff: HandOff | undefined): Hono {
  const app = new Hono();
  const serve = createFileServer(assets, policy(handOff));
  app.get(honoPattern(getPage), () => serve("index.html"));
  app.get(honoPattern(getFleetPage), () => serve("fleet.html"));
  // No capturing group: with one, Hono takes its slow router, for all routes.
  app.get("/assets/:name{[a-zA-Z0-9-]+\\.(?:js|css)}", (context) => serve(context.req.param("name")));
  app.get(honoPattern(getOpenApi), () => serve("openapi.json"));
  return app;
}

function createFileServer(assets: PageAssets, contentPolicy: string) {
  return async (name: string): Promise<Response> => {
    const bytes = await assets.read(name);
    if (!bytes) throw notFound(`There is no ${name}.`);
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)]!;
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: {
        "content-type": type,
        "cache-control": "no-cache",
        "content-security-policy": contentPolicy,
      },
    });
  };
}
