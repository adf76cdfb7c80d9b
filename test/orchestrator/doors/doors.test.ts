import { describe, expect, it } from "vitest";
import { tinyApp } from "./tiny-app.ts";

const FILM = "/hls/a.mp4/master.m3u8";
const SECRET = "the secret of this test: long enough";

describe("every answer", () => {
  const app = tinyApp({ AUTH_SECRET: SECRET });

  it.each<[string, string, RequestInit]>([
    ["page", "/page", {}],
    ["refusal", FILM, {}],
    ["404", "/nothing", {}],
    ["405", "/page", { method: "PUT" }],
    ["414", `/${"a".repeat(9000)}`, {}],
    ["OPTIONS", "/page", { method: "OPTIONS" }],
    ["preflight", FILM, { method: "OPTIONS" }],
  ])("(%s) keeps browsers from guessing, framing and telling on", async (_, path, init) => {
    const { headers } = await app.request(path, init);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    const resources = path === FILM ? "cross-origin" : "same-origin";
    expect(headers.get("cross-origin-resource-policy")).toBe(resources);
  });
});

describe("pages of other origins", () => {
  const allowed = async (
    settings: Record<string, string>,
    path: string,
    origin: string,
    init: RequestInit = {},
  ) => {
    const { headers } = await tinyApp(settings).request(path, { ...init, headers: { origin } });
    return [headers.get("access-control-allow-origin"), headers.get("vary")];
  };

  it("may all play, unless told otherwise", async () => {
    expect(await allowed({}, FILM, "https://a.example")).toEqual(["*", null]);
  });

  it("that are listed may play, others may not, and caches keep them apart", async () => {
    const listed = { CORS_ORIGIN: "https://a.example, http://b.example:8080" };
    for (const init of [{}, { method: "OPTIONS" }]) {
      for (const origin of ["https://a.example", "http://b.example:8080"]) {
        expect(await allowed(listed, FILM, origin, init)).toEqual([origin, "Origin"]);
      }
      for (const origin of ["http://a.example", "https://a.example.evil.example", "null"]) {
        expect(await allowed(listed, FILM, origin, init)).toEqual([null, "Origin"]);
      }
    }
  });

  it("may read why they are refused", async () => {
    expect(await allowed({ AUTH_SECRET: SECRET }, FILM, "https://a.example")).toEqual(["*", null]);
  });

  it("see nothing but films", async () => {
    expect(await allowed({}, "/api/titles", "https://a.example")).toEqual([null, null]);
  });

  it("need no token to ask whether they may", async () => {
    const response = await tinyApp({ AUTH_SECRET: SECRET }).request(FILM, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toBe("GET,HEAD");
  });
});

describe("a request that makes no sense here", () => {
  const app = tinyApp();
  const answer = async (path: string, init: RequestInit) => {
    const response = await app.request(path, init);
    const body = await response.text();
    return { status: response.status, allow: response.headers.get("allow"), body };
  };

  it.each(["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])(
    "as %s is 405 and says what would do",
    async (method) => {
      for (const path of [FILM, "/page", "/api/titles", "/nothing"]) {
        const { status, allow, body } = await answer(path, { method });
        expect([status, allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
        expect(JSON.parse(body)).toMatchObject({ code: "method-not-allowed" });
      }
    },
  );

  it("for an endless address is 414", async () => {
    const { status, body } = await answer(`/hls/${"a".repeat(9000)}/master.m3u8`, {});
    expect(status).toBe(414);
    expect(JSON.parse(body)).toMatchObject({ code: "uri-too-long" });
    expect((await answer(`/hls/${"a".repeat(8000)}/master.m3u8`, {})).status).toBe(200);
  });

  it.each<Record<string, string>>([{ "content-length": "1" }, { "transfer-encoding": "chunked" }])(
    "that brings something along (%o) is 413",
    async (headers) => {
      const { status, body } = await answer(FILM, { headers });
      expect(status).toBe(413);
      expect(JSON.parse(body)).toMatchObject({ code: "body-not-wanted" });
    },
  );

  it("and one that asks what does make sense is told", async () => {
    expect(await answer("/page", { method: "OPTIONS" })).toMatchObject({
      status: 204,
      allow: "GET, HEAD, OPTIONS",
    });
  });
});
