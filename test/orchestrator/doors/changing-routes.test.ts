import { afterEach, describe, expect, it } from "vitest";
import { exampleSource } from "../../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../../support/title-app.ts";

const ADMIN_TOKEN = "an administrator's token";
const authorization = `Bearer ${ADMIN_TOKEN}`;
const ID = "0".repeat(32);
const CALLS = [
  ["POST", "/api/prepare"],
  ["GET", "/api/prepare"],
  ["GET", `/api/prepare/${ID}`],
  ["GET", `/api/prepare/${ID}/events`],
  ["DELETE", `/api/prepare/${ID}`],
  ["DELETE", "/api/titles/films/example.mp4"],
] as const;

let titleApp: TitleApp;
afterEach(() => titleApp.close());

async function ask(method: string, path: string, init: RequestInit = {}) {
  const body = method === "POST" ? JSON.stringify({ path: "films/example.mp4" }) : null;
  const response = await titleApp.app.request(path, { method, body, ...init });
  const text = await response.text();
  const { code } = (text ? JSON.parse(text) : {}) as { code?: string };
  return { status: response.status, code, allow: response.headers.get("allow") };
}

describe.each(CALLS)("%s %s", (method, path) => {
  it("is closed to all where nobody can prove who they are, though all may watch", async () => {
    titleApp = await createTitleApp(exampleSource());
    for (const headers of [{}, { authorization }])
      expect(await ask(method, path, { headers })).toMatchObject({ status: 403, code: "admin-closed" });
  });

  it("is not opened by what a browser sends for another site, or by a viewer's right", async () => {
    titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
    for (const query of ["", `?token=${ADMIN_TOKEN}`])
      expect(await ask(method, path + query, { headers: { cookie: `token=${ADMIN_TOKEN}` } })).toMatchObject({
        status: 401,
        code: "admin-token-missing",
      });
  });

  it("says where it is not offered that it isn't", async () => {
    titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
    const answer = await ask(method, path, { headers: { authorization } });
    expect(answer).toMatchObject({ status: 501, code: "not-offered-here" });
  });
});

it("another page's question whether it may is not answered", async () => {
  titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
  const headers = {
    origin: "https://elsewhere.example",
    "access-control-request-method": "DELETE",
    "access-control-request-headers": "authorization",
  };
  for (const path of ["/api/prepare", "/api/titles/films/example.mp4"]) {
    const { headers: answered } = await titleApp.app.request(path, { method: "OPTIONS", headers });
    expect([...answered.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

it("another method is told which would do", async () => {
  titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
  const init = { headers: { authorization } };
  expect(await ask("PUT", "/api/prepare", init)).toMatchObject({
    status: 405,
    allow: "POST, GET, HEAD, OPTIONS",
  });
  expect(await ask("POST", `/api/prepare/${ID}`, init)).toMatchObject({
    status: 405,
    allow: "GET, DELETE, HEAD, OPTIONS",
  });
  expect(await ask("OPTIONS", `/api/prepare/${ID}/events`, init)).toMatchObject({
    status: 204,
    allow: "GET, HEAD, OPTIONS",
  });
});

it("what it answers is kept by nobody", async () => {
  titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
  for (const path of ["/api/prepare", `/api/prepare/${ID}`]) {
    const { headers } = await titleApp.app.request(path, { headers: { authorization } });
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

it("a body that is too large is not read", async () => {
  titleApp = await createTitleApp(exampleSource(), { ADMIN_TOKEN });
  const init = { headers: { authorization }, body: " ".repeat(16_385) };
  expect(await ask("POST", "/api/prepare", init)).toMatchObject({ status: 413, code: "body-too-large" });
});
