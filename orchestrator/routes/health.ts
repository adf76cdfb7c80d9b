import { Hono } from "hono";

/** Something the service can't work without. `check` throws, in words, while it is away. */
export interface Dependency {
  readonly name: string;
  check(signal: AbortSignal): Promise<void>;
}

const CHECK_TIMEOUT_MS = 2000;

/** `/healthz`: the process answers. `/readyz`: it can serve, and if not, why. */
export function healthRoutes(dependencies: readonly Dependency[]): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    const states = await Promise.all(dependencies.map(checkOne));
    const ready = states.every(({ status }) => status === "ok");
    return context.json({ status: ready ? "ok" : "unavailable", dependencies: states }, ready ? 200 : 503);
  });
  return app;
}

async function checkOne({ name, check }: Dependency) {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), {
      once: true,
    });
  });
  try {
    await Promise.race([check(signal), late]);
    return { name, status: "ok" };
  } catch (error) {
    return { name, status: "unavailable", reason: error instanceof Error ? error.message : String(error) };
  }
}
