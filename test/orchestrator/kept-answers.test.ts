import { afterEach, describe, expect, it } from "vitest";
import { KeptAnswers } from "../../orchestrator/kept-answers.ts";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { rational } from "../../shared/rational.ts";
import { exampleSource, exampleVideo } from "../shared/media/example-source.ts";
import { createTitleApp, type TitleApp } from "../support/title-app.ts";

const SECRET = "the secret of this test: long enough";
const FILM = exampleSource({ video: exampleVideo({ end: rational(600) }) });

let open: TitleApp | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** The product's app behind kept answers, and how often it was asked itself. */
async function appWith(settings: Record<string, string> = {}) {
  const title = await createTitleApp(FILM, settings);
  open = title;
  let asked = 0;
  const fetch = new KeptAnswers().before((request) => {
    asked += 1;
    return title.app.fetch(request);
  });
  const playlist = title.pathOf("v720", "index.m3u8");
  const ask = async (headers: Record<string, string> = {}, path = playlist, method = "GET") =>
    fetch(new Request(new URL(path, "http://host"), { headers, method }), {});
  const askApp = (headers: Record<string, string>, method: string) =>
    title.app.request(playlist, { headers, method });
  return { ...title, playlist, ask, askApp, asked: () => asked };
}

const contentOf = async (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: new Uint8Array(await response.arrayBuffer()),
});

describe("a media playlist that was answered before", () => {
  it.each(["GET", "HEAD"])(
    "is answered to %s as the app answers it, without asking the app",
    async (method) => {
      const { ask, askApp, asked, playlist } = await appWith();
      for (const encoding of ["identity", "gzip"]) {
        await ask({ "accept-encoding": encoding });
        const before = asked();
        for (const more of [
          {},
          { "if-none-match": '"other"' },
          { "if-none-match": "*" },
          { origin: "https://a.example" },
        ]) {
          const headers = { "accept-encoding": encoding, ...more };
          const kept = await contentOf(await ask(headers, playlist, method));
          expect(kept).toEqual(await contentOf(await askApp(headers, method)));
        }
        expect(asked()).toBe(before);
      }
    },
  );

  it("is 304 for whoever has it, in whichever coding", async () => {
    const { ask, askApp } = await appWith();
    for (const encoding of ["identity", "gzip"]) {
      const etag = (await ask({ "accept-encoding": encoding })).headers.get("etag")!;
      const headers = { "accept-encoding": encoding, "if-none-match": etag };
      const kept = await contentOf(await ask(headers));
      expect(kept.status).toBe(304);
      expect(kept).toEqual(await contentOf(await askApp(headers, "GET")));
    }
  });

  it("is the same whatever host it is asked of", async () => {
    const { ask, asked, playlist } = await appWith();
    await ask();
    expect((await ask({}, `http://other.example:8080${playlist}`)).status).toBe(200);
    expect(asked()).toBe(1);
  });
});

describe("the app is asked each time for", () => {
  const twice = async (
    settings: Record<string, string>,
    ask: (app: Awaited<ReturnType<typeof appWith>>) => Promise<Response>,
  ) => {
    const app = await appWith(settings);
    const first = await ask(app);
    const second = await ask(app);
    expect(app.asked()).toBe(2);
    expect(await contentOf(second)).toEqual(await contentOf(first));
    return second;
  };

  it("what a token opens", async () => {
    const grant = { prefix: "films", expiresAt: Math.ceil(Date.now() / 1000) + 60 };
    const token = await signToken(grant, await importAccessKeys([SECRET]));
    const settings = { AUTH_SECRET: SECRET };
    const response = await twice(settings, ({ ask, playlist }) => ask({}, `${playlist}?token=${token}`));
    expect(response.status).toBe(200);
  });

  it("what nobody may see without one", async () => {
    const response = await twice({ AUTH_SECRET: SECRET }, ({ ask }) => ask());
    expect(response.status).toBe(401);
  });

  it("what depends on the page that asks", async () => {
    const { ask, asked } = await appWith({ CORS_ORIGIN: "https://a.example,https://b.example" });
    for (const origin of ["https://a.example", "https://b.example"]) {
      expect((await ask({ origin })).headers.get("access-control-allow-origin")).toBe(origin);
    }
    expect(
      (await ask({ origin: "https://c.example" })).headers.get("access-control-allow-origin"),
    ).toBeNull();
    expect(asked()).toBe(3);
  });

  it("what isn't there", async () => {
    const response = await twice({}, ({ ask, pathOf }) => ask({}, pathOf("v9", "index.m3u8")));
    expect(response.status).toBe(404);
  });

  it("segments, and anything with a query", async () => {
    const app = await appWith();
    await app.publish("v720", "init.mp4", new Uint8Array(8));
    for (const path of [app.pathOf("v720", "init.mp4"), `${app.playlist}?x=.m3u8`]) {
      const before = app.asked();
      for (let k = 0; k < 2; k++) expect((await app.ask({}, path)).status).toBe(200);
      expect(app.asked()).toBe(before + 2);
    }
  });

  it("requests that it refuses", async () => {
    const { ask, playlist } = await appWith();
    await ask();
    expect((await ask({ "content-length": "5" })).status).toBe(413);
    expect((await ask({}, playlist, "DELETE")).status).toBe(405);
  });
});
