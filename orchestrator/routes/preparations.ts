import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamSSE } from "hono/streaming";
import { type PreparationRequest, preparationRequestSchema } from "../../shared/api/preparation.ts";
import { answerJson, honoPattern } from "../api/describe-route.ts";
import * as described from "../api/preparation-routes.ts";
import type { WaitLimits } from "../doors/wait-limits.ts";
import type { JobDesk } from "../job-desk.ts";
import type { Preparations } from "../prepare/preparations.ts";
import { badRequest, notFound, notOfferedHere, Problem } from "../problem.ts";
import { refuseOtherMethods } from "./refuse-other-methods.ts";

export interface PreparationDeps {
  /** Undefined where nothing outlives a request. */
  readonly preparations: Preparations | undefined;
  readonly desk: JobDesk;
  readonly waits: WaitLimits;
}

const MAX_BODY_BYTES = 16_384;
/** Proxies end what says nothing for long. */
const SIGN_OF_LIFE_MS = 15_000;

/** `/api/prepare` and all below it, for administrators. */
export function preparationRoutes({ preparations, desk, waits }: PreparationDeps): Hono {
  const app = new Hono();
  const offered = () => preparations ?? notOffered();
  const waiting = waits.at(desk, () => "administrator");
  app.use("/api/prepare/*", async (context, next) => {
    await next();
    context.res.headers.set("cache-control", "no-store");
  });
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => bodyTooLarge() });
  app.post(honoPattern(described.startPreparation), limit, async (context) => {
    const request = await readRequest(context);
    const preparation = await offered().start(request, waiting, context.req.raw);
    context.header("location", `/api/prepare/${preparation.id}`);
    return answerJson(context, described.startPreparation, 202, preparation);
  });
  app.get(honoPattern(described.listPreparations), async (context) =>
    answerJson(context, described.listPreparations, 200, { preparations: await offered().list() }),
  );
  app.get(honoPattern(described.getPreparation), async (context) => {
    const found = await offered().find(idOf(context));
    return answerJson(context, described.getPreparation, 200, found ?? missing(idOf(context)));
  });
  app.delete(honoPattern(described.cancelPreparation), async (context) => {
    const cancelled = await offered().cancel(idOf(context));
    return answerJson(context, described.cancelPreparation, 200, cancelled ?? missing(idOf(context)));
  });
  app.get(honoPattern(described.followPreparation), async (context) => {
    const id = idOf(context);
    if (!(await offered().find(id))) missing(id);
    return followResponse(context, id, offered());
  });
  refuseOtherMethods(app, Object.values(described));
  return app;
}

function followResponse(context: Context, id: string, preparations: Preparations): Response {
  return streamSSE(context, async (stream) => {
    const left = new AbortController();
    stream.onAbort(() => left.abort());
    const alive = setInterval(() => void stream.write(":\n\n"), SIGN_OF_LIFE_MS);
    try {
      for await (const preparation of preparations.follow(id, left.signal))
        await stream.writeSSE({ event: "preparation", data: JSON.stringify(preparation) });
    } finally {
      clearInterval(alive);
    }
  });
}

async function readRequest(context: Context): Promise<PreparationRequest> {
  const body: unknown = await context.req.json().catch(() => {
    throw badRequest('The body is no JSON: send an object such as {"path":"series/one.mkv"}.');
  });
  const parsed = preparationRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.join(".");
  throw badRequest(
    `${where ? `“${where}” in the body` : "The body"} makes no sense: ${issue!.message}. ` +
      'Send an object such as {"path":"series/one.mkv","rungs":["360p"],"from":0,"to":600}.',
  );
}

function idOf(context: Context): string {
  return context.req.param("id") ?? "";
}

function missing(id: string): never {
  throw notFound(`There is no preparation ${id.slice(0, 40)}.`);
}

function notOffered(): never {
  throw notOfferedHere(
    "Nothing here outlives a request: ask an orchestrator that runs in Node to prepare titles.",
  );
}

function bodyTooLarge(): never {
  throw new Problem({
    status: 413,
    code: "body-too-large",
    title: "Too much is sent",
    detail: `The body has at most ${MAX_BODY_BYTES} bytes.`,
    headers: { connection: "close" },
  });
}
