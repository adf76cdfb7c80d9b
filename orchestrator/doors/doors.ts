import type { Hono } from "hono";
import { type AccessKeys, importAccessKeys } from "../../shared/access/token.ts";
import type { Config } from "../../shared/config.ts";
import { secretHider } from "../../shared/hide-secrets.ts";
import { type AdmitOptions, admitVisitor } from "./admit-visitor.ts";
import { allowOrigins } from "./allow-origins.ts";
import { readOnly } from "./request-limits.ts";
import { type AdminCheck, createAdminCheck } from "./require-admin.ts";
import { openToPlayers, securityHeaders } from "./security-headers.ts";
import type { VisitEnv } from "./visit.ts";
import { WaitLimits } from "./wait-limits.ts";

/** Who may come in, from where, and how many at a time. */
export interface Doors extends AdmitOptions {
  readonly keys: Promise<AccessKeys> | undefined;
  readonly isAdmin: AdminCheck;
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
    origins: settings.CORS_ORIGIN,
    hideSecrets: secretHider(settings),
    waits: new WaitLimits(settings.MAX_WAITS, settings.MAX_WAITS_PER_CLIENT),
    addressOf,
  };
}

/** Puts the doors before all routes that are added later. Behind them, each route to films has a `visit`. */
export function installDoors(app: Hono<VisitEnv>, doors: Doors): void {
  app.use(securityHeaders());
  app.use("/hls/*", openToPlayers());
  app.use("/hls/*", allowOrigins(doors.origins));
  app.use(readOnly());
  for (const films of ["/hls/*", "/api/titles"]) app.use(films, admitVisitor(doors));
}
