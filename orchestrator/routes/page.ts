import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
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
};

/** The web page at `/` and its script and style. */
export function pageRoutes(assets: PageAssets): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        mediaSrc: ["'self'", "blob:"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", "blob:"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  app.get("/", () => serve(assets, "index.html"));
  app.get("/assets/:name{[a-z-]+\\.(js|css)}", (context) => serve(assets, context.req.param("name")));
  return app;
}

async function serve(assets: PageAssets, name: string): Promise<Response> {
  const bytes = await assets.read(name);
  if (!bytes) throw notFound(`There is no ${name}.`);
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)]!;
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { "content-type": type, "cache-control": "no-cache" },
  });
}
