import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { type Preparation, ProblemError, SeamlineClient } from "../../client/seamline-client.ts";
import { repositoryRoot } from "../support/footage-cache.ts";

const running: Preparation = {
  ...{ id: "0".repeat(32), path: "a.mkv", titleKey: "k", rungs: ["240p"], from: 0, to: 9, total: 9 },
  ...{ state: "running", made: 1, startedAt: new Date(0).toISOString() },
};
const done: Preparation = { ...running, state: "done", made: 9, endedAt: new Date(1).toISOString() };

const events = (...preparations: readonly Preparation[]) =>
  new Response(
    preparations.map((data) => `event: preparation\ndata: ${JSON.stringify(data)}\n\n`).join(":\n\n"),
  );

/** A client whose calls are answered, one after the other, by these. */
function clientOf(...answers: readonly (() => Response)[]) {
  const asked: string[] = [];
  const fetch = async (url: string | URL | Request) => {
    asked.push(String(url));
    return answers[asked.length - 1]!();
  };
  return { client: new SeamlineClient({ baseUrl: "https://films.example/below", token: "t", fetch }), asked };
}

async function follow(client: SeamlineClient) {
  const states: Preparation[] = [];
  for await (const preparation of client.follow(running.id)) states.push(preparation);
  return states;
}

describe("whoever follows a preparation", () => {
  it("hears of its last state though the connection breaks off, and the server is gone for a moment", async () => {
    const refused = () => {
      throw new TypeError("fetch failed");
    };
    const { client, asked } = clientOf(
      () => events(running),
      refused,
      () => events(running, done),
    );
    expect(await follow(client)).toEqual([running, running, done]);
    expect(new Set(asked)).toEqual(new Set([`https://films.example/below/api/prepare/${running.id}/events`]));
  });

  it("is told at once where there is none", async () => {
    const problem = {
      type: "about:blank",
      title: "Not found",
      status: 404,
      detail: "None.",
      code: "not-found",
    };
    const headers = { "content-type": "application/problem+json" };
    const { client, asked } = clientOf(() => new Response(JSON.stringify(problem), { status: 404, headers }));
    const error = await follow(client).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 404, code: "not-found", message: "None." });
    expect(asked).toHaveLength(1);
  });
});

it("what is no answer of ours is said to be none", async () => {
  const { client } = clientOf(
    () => new Response("<html>", { status: 502, statusText: "Bad Gateway", headers: { "retry-after": "2" } }),
  );
  await expect(client.titles()).rejects.toMatchObject({
    ...{ name: "ProblemError", status: 502, code: "unknown", title: "Bad Gateway", retryAfterMs: 2000 },
  });
});

it("addresses have the title's path piece by piece, and the token", () => {
  const urls = clientOf().client.urls("a/b c?.mkv");
  const folder = "https://films.example/below/hls/a/b%20c%3F.mkv";
  expect(urls.hls).toBe(`${folder}/master.m3u8?token=t`);
  expect(urls.all).toBe(`${folder}/all.m3u8?token=t`);
  expect(urls.screenshot({ at: 1, width: 100, format: "webp" })).toBe(
    `${folder}/screenshot?at=1.000&width=100&format=webp&token=t`,
  );
  expect(urls.sprites("key")).toBe(`${folder}/key/sprites/index.vtt?token=t`);
});

it("is exported by the package for whatever runs Web APIs, without the server and its schemas", async () => {
  const { metafile } = await build({
    stdin: { contents: 'export { SeamlineClient } from "seamline/client";', resolveDir: repositoryRoot },
    ...{ bundle: true, write: false, metafile: true, format: "esm", platform: "browser", logLevel: "silent" },
  });
  const files = Object.keys(metafile.inputs).filter((name) => name !== "<stdin>");
  expect(files).toContain("dist/client/seamline-client.js");
  expect(files.filter((name) => !/^(dist\/client|node_modules\/eventsource-parser)\//.test(name))).toEqual(
    [],
  );
});
