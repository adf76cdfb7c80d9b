import { afterEach, describe, expect, it } from "vitest";
import { chooseHandOff } from "../../cli/hand-off.ts";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { ConfigError, parseConfig } from "../../shared/config.ts";
import { exampleSource } from "../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../support/title-app.ts";

const SECRET = "the secret of this test: long enough";
const BYTES = new TextEncoder().encode("the bytes of a segment");
const NGINX = { HANDOFF: "x-accel-redirect:/internal/" };
const CDN = { SEGMENT_BASE_URL: "https://cdn.example/films" };

let open: TitleApp | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function appWith(settings: Record<string, string>) {
  open = await createTitleApp(exampleSource(), settings);
  const object = await open.publish("v720", "0.m4s", BYTES);
  const path = open.pathOf("v720", "0.m4s");
  return { ...open, object, path, ask: (init?: RequestInit) => open!.app.request(path, init) };
}

describe("a segment that is there", () => {
  it("is named to the nginx in front, and has no body here", async () => {
    const { object, ask } = await appWith(NGINX);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get("x-accel-redirect")).toBe(`/internal/${object}`);
    expect(response.headers.get("content-type")).toBe("video/mp4");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(await response.text()).toBe("");
  });

  it("is named by its path to a front server that takes X-Sendfile", async () => {
    const { object, ask, storageDir } = await appWith({ HANDOFF: "x-sendfile" });
    const response = await ask({ headers: { range: "bytes=0-3" } });
    // The range is the front server's to cut.
    expect(response.status).toBe(200);
    expect(response.headers.get("x-sendfile")).toBe(`${storageDir}/${object}`);
    expect(response.headers.get("content-range")).toBeNull();
  });

  it("is not sent again to a player that has it", async () => {
    const { ask } = await appWith(NGINX);
    const etag = (await ask()).headers.get("etag")!;
    const response = await ask({ headers: { "if-none-match": etag } });
    expect(response.status).toBe(304);
    expect(response.headers.get("x-accel-redirect")).toBeNull();
  });

  it.each(["https://cdn.example/films", "https://cdn.example/films/"])("is fetched from %s", async (base) => {
    const { object, ask } = await appWith({ SEGMENT_BASE_URL: base });
    for (const method of ["GET", "HEAD"]) {
      const response = await ask({ method });
      expect(response.status).toBe(307);
      expect(response.headers.get("location")).toBe(`https://cdn.example/films/${object}`);
      // It may be evicted: the next one asks here again.
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("is looked ahead from as if it were sent from here", async () => {
    const { ask, store } = await appWith(CDN);
    await ask();
    await expect.poll(async () => (await store.stats()).queued).toBeGreaterThan(0);
  });
});

describe("doors stand before the hand-off:", () => {
  it.each([NGINX, CDN])("without a token nobody learns where a segment lies (%o)", async (settings) => {
    const { app, path } = await appWith({ ...settings, AUTH_SECRET: SECRET });
    for (const query of ["", "?token=sl1.abc.def"]) {
      const response = await app.request(path + query);
      expect(response.status).toBe(401);
      expect(response.headers.get("x-accel-redirect")).toBeNull();
      expect(response.headers.get("location")).toBeNull();
    }
  });

  it("a token opens it, stays here, and keeps shared caches out", async () => {
    const { object, app, path } = await appWith({ ...CDN, AUTH_SECRET: SECRET });
    const grant = { prefix: "films", expiresAt: Math.ceil(Date.now() / 1000) + 60 };
    const token = await signToken(grant, await importAccessKeys([SECRET]));
    const response = await app.request(`${path}?token=${token}`);
    expect(response.status).toBe(307);
    expect(response.headers.get("location")).toBe(`https://cdn.example/films/${object}`);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

it.each([NGINX, CDN])("a segment that is not there is waited for, not handed off (%o)", async (settings) => {
  const { app, pathOf } = await appWith(settings);
  const response = await app.request(pathOf("v720", "1.m4s"));
  expect(response.status).toBe(503);
  expect(response.headers.get("location")).toBeNull();
  expect(response.headers.get("x-accel-redirect")).toBeNull();
});

it("playlists are answered here", async () => {
  const { app, pathOf } = await appWith(CDN);
  expect(await (await app.request(pathOf("v720", "index.m3u8"))).text()).toContain("\n0.m4s\n");
});

it("the page may load films from where they are", async () => {
  const { app } = await appWith(CDN);
  const policy = (await app.request("/")).headers.get("content-security-policy");
  expect(policy).toContain("connect-src 'self' https://cdn.example;");
  expect(policy).toContain("media-src 'self' https://cdn.example blob: data:;");
});

it("X-Sendfile needs a storage folder whose path everybody reads alike", () => {
  const config = parseConfig({ HANDOFF: "x-sendfile" });
  expect(() => chooseHandOff(config, "/films ö/")).toThrow(ConfigError);
  expect(chooseHandOff(config, "/var/lib/seamline")).toEqual({
    kind: "x-sendfile",
    folder: "/var/lib/seamline",
  });
});
