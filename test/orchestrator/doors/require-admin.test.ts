import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createAdminCheck, requireAdmin } from "../../../orchestrator/doors/require-admin.ts";
import { Problem } from "../../../orchestrator/problem.ts";
import { healthRoutes } from "../../../orchestrator/routes/health.ts";

const TOKEN = "the administrator's token";

function appFor(check: ReturnType<typeof createAdminCheck>): Hono {
  const app = new Hono();
  app.use("/fleet", requireAdmin(check));
  app.all("/fleet", ({ text }) => text("secret numbers"));
  app.route(
    "/",
    healthRoutes([{ name: "media", check: () => Promise.reject(new Error("/films is gone")) }], {
      isAdmin: check,
      hideSecrets: (text) => text.replace("films", "…"),
    }),
  );
  app.onError((error) => {
    if (error instanceof Problem) return error.toResponse();
    throw error;
  });
  return app;
}

const bearer = (token: string, scheme = "Bearer") => ({ headers: { authorization: `${scheme} ${token}` } });

describe("a route for administrators", () => {
  const app = appFor(createAdminCheck(TOKEN, "admin"));

  it.each(["GET", "POST", "DELETE"])("opens to %s with the token", async (method) => {
    const response = await app.request("/fleet", { method, ...bearer(TOKEN) });
    expect(await response.text()).toBe("secret numbers");
    expect((await app.request("/fleet", { method, ...bearer(TOKEN, "bearer") })).status).toBe(200);
  });

  it.each<[string, RequestInit, string]>([
    ["no token", {}, "admin-token-missing"],
    ["another scheme", bearer(TOKEN, "Basic"), "admin-token-missing"],
    ["another token", bearer("guessed"), "admin-token-wrong"],
    ["one that begins alike", bearer(TOKEN.slice(0, -1)), "admin-token-wrong"],
    ["one that is longer", bearer(`${TOKEN}x`), "admin-token-wrong"],
    ["an empty one", bearer(""), "admin-token-missing"],
  ])("stays shut to %s", async (_, init, code) => {
    const response = await app.request("/fleet", init);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await response.json()).toMatchObject({ code });
  });

  it("takes no token from the address, which logs and histories keep", async () => {
    const response = await app.request(`/fleet?token=${encodeURIComponent(TOKEN)}`);
    expect(response.status).toBe(401);
  });
});

describe("where no administrator's token is set", () => {
  it("such a route is open as all is open", async () => {
    expect((await appFor(createAdminCheck(undefined, "admin")).request("/fleet")).status).toBe(200);
  });

  it("and viewers need one, it is shut to everybody", async () => {
    const app = appFor(createAdminCheck(undefined, "closed"));
    for (const init of [{}, bearer("undefined"), bearer("")]) {
      const response = await app.request("/fleet", init);
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: "admin-closed" });
    }
  });
});

it("why something is missing is for administrators; that it is missing, for everybody", async () => {
  const app = appFor(createAdminCheck(TOKEN, "admin"));
  const ready = async (init: RequestInit) => (await (await app.request("/readyz", init)).json()) as unknown;
  const media = { name: "media", status: "unavailable" };
  expect(await ready({})).toEqual({ status: "unavailable", dependencies: [media] });
  expect(await ready(bearer("guessed"))).toEqual({ status: "unavailable", dependencies: [media] });
  expect(await ready(bearer(TOKEN))).toEqual({
    status: "unavailable",
    dependencies: [{ ...media, reason: "/… is gone" }],
  });
});
