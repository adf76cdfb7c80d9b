import { Hono } from "hono";
import { type AccessKeys, importAccessKeys } from "../../shared/access/token.ts";
import type { Config } from "../../shared/config.ts";
import { secretHider } from "../../shared/hide-secrets.ts";
import { honoPattern } from "../api/describe-route.ts";
import { evictTitle } from "../api/title-routes.ts";
import { type AdmitOptions, admitVisitor } from "./admit-visitor.ts";
import { allowOrigins } from "./allow-origins.ts";
import { readOnly } from "./request-limits.ts";
import { type AdminCheck, createAdminCheck, requireAdmin } from "./require-admin.ts";
import { openToPlayers, securityHeaders } from "./security-headers.ts";
import type { VisitEnv } from "./visit.ts";
import { WaitLimits } from "./wait-limits.ts";

/** Who may come in, from where, and how many at a time. */
export interface Doors extends AdmitOptions {
  readonly keys: Promise<AccessKeys> | undefined;
  readonly isAdmin: AdminCheck;
  /** For what changes something: nobody who has no token, even where everybody may look. */
  readonly mayChange: AdminCheck;
  readonly hideSecrets: (text: string) => string;
  /** Origins whose pages may play what is here; `*` for any. */
  readonly origins: readonly string[];
  readonly waits: WaitLimits;
}

export function createDoors(settings: Config, addressOf: AdmitOptions["addressOf"]): Doors {
  const { AUTH_SECRET, ADMIN_TOKEN } = settings;
  return {
    keys: AUTH_SECRET && importAccessKeys(AUTH_SECRET),
    isAdmin: createAdminCheck(ADMIN_TOKEN, AUTH_SECRET ? "closed" : "admin"),
    mayChange: createAdminCheck(ADMIN_TOKEN, "closed"),
    origins: settings.CORS_ORIGIN,
    hideSecrets: secretHider(settings),
    waits: new WaitLimits(settings.MAX_WAITS, settings.MAX_WAITS_PER_CLIENT),
    addressOf,
  };
}

/**
 * Puts the doors before all routes that are added later. Behind them, each route to films has a `visit`.
 * @param changing routes that change something. They stand before all that only reads, behind a door of their own,
 * which goes by a header alone: no browser sends that for another site's page.
 */
export function installDoors(app: Hono<VisitEnv>, doors: Doors, changing = new Hono()): void {
  app.use(securityHeaders());
  app.use("/hls/*", openToPlayers());
  app.use("/hls/*", allowOrigins(doors.origins));
  app.use("/api/prepare/*", requireAdmin(doors.mayChange));
  app.on("DELETE", honoPattern(evictTitle), requireAdmin(doors.mayChange));
  app.route("/", changing);
  app.use(readOnly());
  for (const films of ["/hls/*", "/api/titles"]) app.use(films, admitVisitor(doors));
}
