import { Hono } from "hono";
import { untilAborted } from "../../shared/until-aborted.ts";
import { answerJson, honoPattern } from "../api/describe-route.ts";
import { getHealth, getReadiness } from "../api/server-routes.ts";
import type { AdminCheck } from "../doors/require-admin.ts";

/** Something the service can't work without. `check` throws, in words, while it is away. */
export interface Dependency {
  readonly name: string;
  check(signal: AbortSignal): Promise<void>;
}

export interface HealthOptions {
  /** Why a dependency is missing is for administrators. */
  readonly isAdmin: AdminCheck;
  /** Takes secrets out of a message that may quote an address. */
  readonly hideSecrets: (text: string) => string;
}

const CHECK_TIMEOUT_MS = 2000;

/** `/healthz`: the process answers. `/readyz`: it can serve, and if not, what is missing. */
export function healthRoutes(dependencies: readonly Dependency[], options: HealthOptions): Hono {
  const app = new Hono();
  let running: Promise<State[]> | undefined;
  /** One look at a time, however many ask: it writes to storage. */
  const checkAll = () => {
    running ??= Promise.all(dependencies.map(checkOne)).finally(() => {
      running = undefined;
    });
    return running;
  };
  app.get(honoPattern(getHealth), (context) => answerJson(context, getHealth, 200, { status: "ok" }));
  app.get(honoPattern(getReadiness), async (context) => {
    const checked = await checkAll();
    const mayKnowWhy = (await options.isAdmin(context.req.raw)) === "admin";
    const states = checked.map(({ name, status, reason }) => ({
      name,
      status,
      ...(mayKnowWhy && reason !== undefined && { reason: options.hideSecrets(reason) }),
    }));
    const ready = states.every(({ status }) => status === "ok");
    const status = ready ? "ok" : "unavailable";
    return answerJson(context, getReadiness, ready ? 200 : 503, { status, dependencies: states });
  });
  return app;
}

interface State {
  readonly name: string;
  readonly status: "ok" | "unavailable";
  readonly reason?: string;
}

async function checkOne({ name, check }: Dependency): Promise<State> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  // One that throws at once is one that rejects.
  const answer = async () => check(signal);
  try {
    await untilAborted(answer(), signal);
    return { name, status: "ok" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isLate = error === signal.reason;
    return {
      name,
      status: "unavailable",
      reason: isLate ? `no answer within ${CHECK_TIMEOUT_MS} ms` : reason,
    };
  }
}
