import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { FaultError } from "../shared/fault.ts";
import type { LeaseRequests } from "../shared/lease/lease-store.ts";
import type { Log } from "../shared/log.ts";
import type { SourceHosts } from "../shared/media/remote-path.ts";
import type { PlanOptions } from "../shared/media/title.ts";
import { RedisUnavailableError } from "../shared/redis/redis-port.ts";
import type { SegmentReader } from "../shared/storage/segment-storage.ts";
import type { Telemetry } from "../shared/telemetry.ts";
import { type Doors, installDoors } from "./doors/doors.ts";
import type { VisitEnv } from "./doors/visit.ts";
import { FleetWatch, type FleetWatchDeps } from "./fleet/fleet-watch.ts";
import type { HandOff } from "./hand-off.ts";
import { JobDesk } from "./job-desk.ts";
import type { KnownSegments } from "./known-segments.ts";
import type { MediaLibrary } from "./media-library.ts";
import { Preparations, type PreparationsDeps } from "./prepare/preparations.ts";
import { faultProblem, notFound, Problem, redisAway } from "./problem.ts";
import { evictionRoutes, type TitleEvictor } from "./routes/eviction.ts";
import { fleetRoutes } from "./routes/fleet.ts";
import { type Dependency, healthRoutes } from "./routes/health.ts";
import { hlsRoutes } from "./routes/hls.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { type PageAssets, pageRoutes } from "./routes/page.ts";
import { preparationRoutes } from "./routes/preparations.ts";
import { titleRoutes } from "./routes/titles.ts";
import { SubtitleCues } from "./subtitle-cues.ts";
import { TitleCatalog } from "./title-catalog.ts";
import type { TitlePlans } from "./title-plans.ts";

/** All that the orchestrator needs from its surroundings; everything else is Web APIs. */
export interface AppDeps {
  readonly store: LeaseRequests;
  readonly storage: SegmentReader;
  readonly library: MediaLibrary;
  readonly assets: PageAssets;
  readonly dependencies: readonly Dependency[];
  readonly doors: Doors;
  /** From where titles may come besides the media folder. */
  readonly sourceHosts: SourceHosts;
  readonly plan: PlanOptions;
  /** Plans that are known, and where new ones are put. */
  readonly plans: TitlePlans;
  readonly knownSegments: KnownSegments;
  /** How long a request waits for a job, milliseconds. */
  readonly waitMs: number;
  /** How often a job is tried before it is given up. */
  readonly maxAttempts: number;
  /** How long a file that was announced may take to show up in a listing, milliseconds. */
  readonly fileWaitMs: number;
  /** Who sends segments; undefined where this program does. */
  readonly handOff: HandOff | undefined;
  /** Whether playlists are compressed here, or whatever stands before the orchestrator does that. */
  readonly compress: boolean;
  /** Where it is kept what is prepared, and who hears of it; undefined where nothing outlives a request. */
  readonly preparing: Pick<PreparationsDeps, "records" | "notify" | "timing"> | undefined;
  /** Who may remove what is stored; undefined where storage is only read. */
  readonly evictor: TitleEvictor | undefined;
  /** Told of work that goes on after the response, for runtimes that would end it with the request. */
  readonly waitUntil: (work: Promise<void>) => void;
  /** What is shown of the fleet, where this program outlives its requests. */
  readonly fleet?: Pick<FleetWatchDeps, "listing" | "isFleet"> | undefined;
  readonly log: Log;
  readonly telemetry?: Telemetry;
  /** For Prometheus; without it there is nothing at `/metrics`. */
  readonly printMetrics?: () => Promise<string>;
}

export interface Orchestrator {
  readonly app: Hono<VisitEnv>;
  /** For whoever embeds it and asks for titles without a URL. */
  readonly catalog: TitleCatalog;
  readonly desk: JobDesk;
  /** Answers everybody who still waits and frees what is held. Never rejects. */
  close(): Promise<void>;
}

export function createApp(deps: AppDeps): Orchestrator {
  const desk = new JobDesk(deps.store, deps.waitMs, deps.log, deps.telemetry, deps.maxAttempts);
  const catalog = new TitleCatalog(deps, deps.plan, deps.plans);
  const subtitleCues = new SubtitleCues();
  const app = new Hono<VisitEnv>();
  const shared = { ...deps, desk, catalog, waits: deps.doors.waits };
  const preparations = deps.preparing && new Preparations({ ...shared, ...deps.preparing });
  const changing = new Hono()
    .route("/", preparationRoutes({ ...shared, preparations }))
    .route("/", evictionRoutes(shared));
  installDoors(app, deps.doors, changing);
  app.route("/hls", hlsRoutes({ ...shared, subtitleCues }));
  app.route("/", titleRoutes(deps.library, catalog));
  const watch = deps.fleet && new FleetWatch({ ...deps, ...deps.fleet });
  if (watch) app.route("/", fleetRoutes({ ...deps, ...deps.doors, watch, catalog, desk }));
  app.route("/", healthRoutes(deps.dependencies, deps.doors));
  if (deps.printMetrics) app.route("/", metricsRoutes(deps.printMetrics, deps.doors.isAdmin));
  app.route("/", pageRoutes(deps.assets, deps.handOff));
  app.notFound(() => notFound("There is nothing at this address.").toResponse());
  app.onError((error, context) => toResponse(error, context.req.raw, deps.log));
  void preparations?.look();
  return {
    app,
    catalog,
    desk,
    async close() {
      desk.close(shuttingDown());
      watch?.close();
      await preparations?.close();
    },
  };
}

function toResponse(error: Error, request: Request, log: Log): Response {
  if (error instanceof Problem) return error.toResponse();
  if (error instanceof FaultError) return faultProblem(error).toResponse();
  if (error instanceof RedisUnavailableError) return redisAway().toResponse();
  if (error instanceof HTTPException) return error.getResponse();
  // The client is gone: nobody reads this.
  if (request.signal.aborted) return new Response(null, { status: 499 });
  log.error({ error: error.stack ?? String(error) }, "request failed");
  return faultProblem(
    new FaultError("internal", "The server failed in a way it should not: see its log."),
  ).toResponse();
}

function shuttingDown(): Problem {
  return new Problem({
    status: 503,
    code: "shutting-down",
    title: "Shutting down",
    detail: "The server is being stopped. Ask again in a moment.",
    retryAfterSeconds: 2,
  });
}
