import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { Log } from "../../shared/log.ts";
import { Wake } from "../../shared/wake.ts";
import { answerJson, honoPattern } from "../api/describe-route.ts";
import { followFleet, getFleet, getFleetSegments, listFleetTitles } from "../api/fleet-routes.ts";
import { nameTitle } from "../describe-title.ts";
import { type AdminCheck, requireAdmin } from "../doors/require-admin.ts";
import { FleetEvents } from "../fleet/fleet-events.ts";
import type { FleetWatch } from "../fleet/fleet-watch.ts";
import { FollowedTitle, type FollowedTitleDeps, layOut } from "../fleet/followed-title.ts";
import type { MediaLibrary } from "../media-library.ts";
import { Problem } from "../problem.ts";

/** Proxies and clients drop a connection that says nothing for long, milliseconds. */
const HEARTBEAT_MS = 15_000;

const EVENTS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // For proxies that would collect events before they pass them on.
  "x-accel-buffering": "no",
} as const;

export interface FleetRouteDeps extends FollowedTitleDeps {
  readonly library: MediaLibrary;
  readonly isAdmin: AdminCheck;
  readonly log: Log;
}

/** What the fleet is doing, for administrators: once, or as it changes. */
export function fleetRoutes(deps: FleetRouteDeps): Hono {
  const { watch, library, isAdmin } = deps;
  const app = new Hono();
  for (const path of ["/api/fleet", "/api/fleet/*", "/api/events"]) app.use(path, requireAdmin(isAdmin));
  app.get(honoPattern(getFleet), async (context) => {
    context.header("cache-control", "no-store");
    return answerJson(context, getFleet, 200, await watch.look(context.req.raw.signal));
  });
  app.get(honoPattern(listFleetTitles), async (context) => {
    const paths = await library.list(context.req.raw.signal);
    context.header("cache-control", "no-store");
    const titles = paths.map((path) => ({ path, name: nameTitle(path) }));
    return answerJson(context, listFleetTitles, 200, { titles });
  });
  app.get(honoPattern(getFleetSegments), async (context) => {
    const { raw } = context.req;
    const layout = await layOut(askedPath(context), raw, deps);
    context.header("cache-control", "no-store");
    return answerJson(context, getFleetSegments, 200, await watch.lookAt(layout, raw.signal));
  });
  app.get(honoPattern(followFleet), (context) => answerWithEvents(context, deps));
  return app;
}

function answerWithEvents(context: Context, deps: FleetRouteDeps): Response {
  const { watch, log } = deps;
  // Whoever asks for the headers alone would neither read nor leave.
  if (context.req.raw.method === "HEAD") return new Response(null, { headers: EVENTS });
  const path = context.req.query("path");
  const wake = new Wake();
  const leave = watch.join(() => wake.notify());
  const events = new FleetEvents(watch);
  const title = path === undefined ? undefined : new FollowedTitle(path, events, () => wake.notify(), deps);
  const send = async (stream: SSEStreamingApi) => {
    stream.onAbort(() => wake.notify());
    try {
      await sendEvents(stream, wake, events, title, watch);
    } finally {
      title?.leave();
      leave();
    }
  };
  const response = streamSSE(context, send, async (error) => {
    log.warn({ error: String(error) }, "events to a page that shows the fleet broke off");
  });
  for (const [name, value] of Object.entries(EVENTS)) response.headers.set(name, value);
  return response;
}

/** Each event is made only when the one before it has been taken. */
async function sendEvents(
  stream: SSEStreamingApi,
  wake: Wake,
  events: FleetEvents,
  title: FollowedTitle | undefined,
  watch: FleetWatch,
): Promise<void> {
  for (let id = 1; !stream.aborted && !watch.isClosed; ) {
    title?.check();
    for (const event of events.take()) {
      await stream.writeSSE({ ...event, id: `${id}` });
      id += 1;
    }
    if (!(await wake.wait(HEARTBEAT_MS))) await stream.write(": nothing new\n\n");
  }
}

function askedPath(context: Context): string {
  const path = context.req.query("path");
  if (path) return path;
  throw new Problem({
    status: 400,
    code: "path-missing",
    title: "Which title?",
    detail: "Name it by its path in the media folder: ?path=series/one.mkv.",
  });
}
