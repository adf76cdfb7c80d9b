import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allRoutes } from "../../orchestrator/api/all-routes.ts";
import { honoPattern } from "../../orchestrator/api/describe-route.ts";
import { titleFolder } from "../../shared/storage/object-name.ts";
import { exampleSource } from "../shared/media/example-source.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { createTitleApp } from "../support/title-app.ts";
import { DocumentCheck, readDocument } from "./openapi-document.ts";
import { makeSmallFilms, type SmallFilms } from "./small-films.ts";

const ADMIN_TOKEN = "an administrator's token";
const admin = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };

let films: SmallFilms;
let server: EmbeddedServer;
let check: DocumentCheck;

beforeAll(async () => {
  films = await makeSmallFilms({ "a film.mkv": 3 });
  server = await startServer(films.dir, { ADMIN_TOKEN });
  check = new DocumentCheck(await readDocument());
});
afterAll(async () => {
  await server?.stop();
  await films?.remove();
});

/** Asks, and holds the answer against the document. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(new URL(path, server.url), init);
  expect(await check.complaint(init.method ?? "GET", response.clone())).toBeUndefined();
  return response;
}

/** Keys of the titles that are stored. */
async function titleKeys(): Promise<readonly string[]> {
  const names = await readdir(join(server.storageDir, "titles"), { recursive: true });
  return names.flatMap((name) => /^..\/([0-9a-f]{32})$/.exec(name)?.[1] ?? []);
}

/** The addresses that a playlist names. */
function namedBy(playlist: string, url: string): readonly string[] {
  return playlist
    .split("\n")
    .flatMap((line) => (line.startsWith("#") ? (/URI="([^"]+)"/.exec(line)?.[1] ?? []) : line))
    .filter(Boolean)
    .map((name) => new URL(name, url).href);
}

it("is OpenAPI 3.1, by its own schema", async () => {
  const result = await new Validator().validate({ ...(await readDocument()) });
  expect(result).toMatchObject({ valid: true });
});

it("names every route that there is, and no other", async () => {
  const titleApp = await createTitleApp(exampleSource());
  const isPattern = (pattern: string, other: string) =>
    pattern.replace(/\{[^}]*\}/g, "") === other.replace(/\{[^}]*\}/g, "");
  const routes = titleApp.app.routes.filter(({ method }) => method !== "ALL");
  const described = allRoutes.map((route) => ({
    method: route.method.toUpperCase(),
    // Which of them is meant is found out by the route itself.
    pattern: route.path.startsWith("/hls/") ? "/hls/*" : honoPattern(route),
  }));
  await titleApp.close();
  const undescribed = routes.filter(
    ({ method, path }) => !described.some((one) => one.method === method && isPattern(one.pattern, path)),
  );
  const unrouted = described.filter(
    ({ method, pattern }) => !routes.some((one) => one.method === method && isPattern(pattern, one.path)),
  );
  expect({ undescribed, unrouted }).toEqual({ undescribed: [], unrouted: [] });
  const operations = Object.values((await readDocument()).paths).flatMap(Object.values);
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
    allRoutes.map(({ id }) => id).sort(),
  );
});

describe("a running server answers as it says", () => {
  it("with all that belongs to a title", async () => {
    const { titles } = (await (await ask("api/titles")).json()) as { titles: { hls: string }[] };
    const waiting = [titles[0]!.hls, "hls/a%20film.mkv/original.m3u8"].map(
      (path) => new URL(path, server.url).href,
    );
    const asked = new Set<string>();
    for (let url = waiting.pop(); url; url = waiting.pop()) {
      if (asked.has(url)) continue;
      asked.add(url);
      const response = await ask(url);
      expect(response.status, url).toBe(200);
      if (url.endsWith(".m3u8")) waiting.push(...namedBy(await response.text(), url));
    }
    const segment = [...asked].find((url) => url.endsWith("v240/0.m4s"))!;
    const etag = (await ask(segment)).headers.get("etag")!;
    await ask(segment, { headers: { "if-none-match": etag } });
    await ask(segment, { headers: { range: "bytes=0-9" } });
    await ask(segment, { headers: { range: "bytes=99999999-" } });
    const key = /\/([0-9a-f]{32})\//.exec(segment)![1]!;
    for (const name of [
      "all.m3u8",
      "title.json",
      "poster.jpg",
      "screenshot?at=1&format=avif",
      "screenshot?at=1.5&width=100",
    ])
      await ask(`hls/a%20film.mkv/${name}`);
    for (const name of ["chapters.json", "chapters.vtt", "sprites/index.vtt", "t0/subtitles.vtt"])
      await ask(`hls/a%20film.mkv/${key}/${name}`);
  });

  it("with all that is prepared", async () => {
    const body = JSON.stringify({ path: "a film.mkv" });
    const started = await ask("api/prepare", { method: "POST", body, ...admin });
    expect(started.headers.get("cache-control")).toBe("no-store");
    const location = started.headers.get("location")!;
    await ask(`${location}/events`, admin);
    for (const path of ["api/prepare", location]) await ask(path, admin);
    await ask(location, { method: "DELETE", ...admin });
  });

  it("with what the fleet is doing", async () => {
    for (const path of ["api/fleet", "api/fleet/titles", "api/fleet/segments?path=a%20film.mkv"])
      expect((await ask(path, admin)).status, path).toBe(200);
    // Its events have no end.
    const leaving = new AbortController();
    const events = await fetch(new URL("api/events", server.url), { ...admin, signal: leaving.signal });
    leaving.abort();
    const answered = Object.defineProperty(new Response("", events), "url", { value: events.url });
    expect(await check.complaint("GET", answered)).toBeUndefined();
    expect((await ask("api/fleet")).status).toBe(401);
    expect((await ask("api/fleet/segments", admin)).status).toBe(400);
  });

  it("with the pages, health and itself", async () => {
    for (const path of ["", "fleet", "healthz", "readyz", "openapi.json"]) await ask(path);
    for (const name of ["app.js", "app.css", "fleet.js", "fleet.css"]) await ask(`assets/${name}`);
  });

  it("with problems that have the code and the status which it says", async () => {
    const key = "0".repeat(32);
    for (const path of [
      ...["hls/none.mkv/master.m3u8", "hls/none.mkv/title.json", `hls/a%20film.mkv/${key}/v240/0.m4s`],
      ...[`hls/a%20film.mkv/${key}/v240/index.m3u8`, "hls/a%20film.mkv/screenshot?at=99"],
      ...["hls/a%20film.mkv/screenshot?at=1&width=x", `hls/${"a".repeat(9000)}/master.m3u8`],
    ])
      expect((await ask(path)).status, path).toBeGreaterThanOrEqual(400);
    const missing = `api/prepare/${key}`;
    for (const path of ["api/prepare", missing, `${missing}/events`])
      expect((await ask(path)).status).toBe(401);
    for (const path of [missing, `${missing}/events`]) expect((await ask(path, admin)).status).toBe(404);
    for (const body of ["", "{", "[]", '{"path":1}', '{"path":"none.mkv"}', `"${"a".repeat(20_000)}"`])
      expect((await ask("api/prepare", { method: "POST", body, ...admin })).ok, body).toBe(false);
    expect((await ask("api/titles/none.mkv", { method: "DELETE" })).status).toBe(401);
    expect((await ask("api/titles/none.mkv", { method: "DELETE", ...admin })).status).toBe(404);
    expect((await ask("api/titles/a%20film.mkv", { method: "DELETE", ...admin })).status).toBe(409);
  });

  it("where what is stored of a title goes", async () => {
    const [key] = await titleKeys();
    const longAgo = new Date(Date.now() - 11 * 60_000);
    await utimes(join(server.storageDir, titleFolder(key!), "used"), longAgo, longAgo);
    expect((await ask("api/titles/a%20film.mkv", { method: "DELETE", ...admin })).status).toBe(204);
    expect(await titleKeys()).toEqual([]);
  });

  it("with every success that it says, and that was all", () => {
    const successes = allRoutes.map((route) => `${route.id} ${Object.keys(route.answers)[0]}`);
    expect(successes.filter((one) => !check.seen.has(one))).toEqual([]);
  });
});
