import { expect, it } from "vitest";
import { type Dependency, healthRoutes } from "../../orchestrator/routes/health.ts";

const fine: Dependency = { name: "storage", check: async () => {} };

async function get(path: string, ...dependencies: Dependency[]) {
  const response = await healthRoutes(dependencies, {
    isAdmin: async () => "admin",
    hideSecrets: (text) => text,
  }).request(path);
  return { status: response.status, body: await response.json() };
}

it("a process that answers is alive, whatever it lacks", async () => {
  const broken: Dependency = { name: "media", check: () => Promise.reject(new Error("gone")) };
  expect(await get("/healthz", broken)).toEqual({ status: 200, body: { status: "ok" } });
});

it("it is ready once all it depends on is there", async () => {
  expect(await get("/readyz", fine)).toEqual({
    status: 200,
    body: { status: "ok", dependencies: [{ name: "storage", status: "ok" }] },
  });
  expect((await get("/readyz")).status).toBe(200);
});

it("it says what is missing, and why", async () => {
  const broken: Dependency = { name: "media", check: () => Promise.reject(new Error("/films is gone")) };
  expect(await get("/readyz", fine, broken)).toEqual({
    status: 503,
    body: {
      status: "unavailable",
      dependencies: [
        { name: "storage", status: "ok" },
        { name: "media", status: "unavailable", reason: "/films is gone" },
      ],
    },
  });
});

it("it looks once for all who ask at the same time, and again for the next", async () => {
  let looks = 0;
  const counting: Dependency = {
    name: "storage",
    async check() {
      looks += 1;
    },
  };
  const routes = healthRoutes([counting], { isAdmin: async () => "admin", hideSecrets: (text) => text });
  await Promise.all(Array.from({ length: 50 }, () => routes.request("/readyz")));
  expect(looks).toBe(1);
  await routes.request("/readyz");
  expect(looks).toBe(2);
});

it("it does not wait for ever for one that hangs, and tells it to stop", async () => {
  let told: AbortSignal | undefined;
  const hanging: Dependency = {
    name: "redis",
    check(signal) {
      told = signal;
      return new Promise(() => {});
    },
  };
  const { status, body } = await get("/readyz", fine, hanging);
  expect(status).toBe(503);
  expect(body.dependencies[1]).toMatchObject({ name: "redis", reason: expect.stringContaining("no answer") });
  expect(told!.aborted).toBe(true);
});

it("a check that throws at once is a missing dependency like any other", async () => {
  const broken: Dependency = {
    name: "media",
    check() {
      throw new Error("thrown at once");
    },
  };
  const { status, body } = await get("/readyz", broken);
  expect(status).toBe(503);
  expect(body.dependencies[0].reason).toBe("thrown at once");
});
