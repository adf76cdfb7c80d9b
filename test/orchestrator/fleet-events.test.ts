import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { SeamlineClient } from "../../client/seamline-client.ts";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import {
  type FleetView,
  fleetViewSchema,
  type SegmentMap,
  segmentMapSchema,
} from "../../shared/fleet/fleet-view.ts";
import { type Library, makeLibrary } from "../players/make-library.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { footage } from "../support/footage.ts";

const ADMIN_TOKEN = "the administrator's token of this test";
const SECRET = "the secret of this test: long enough";
const HEADERS = { authorization: `Bearer ${ADMIN_TOKEN}` };

let library: Library;
let server: EmbeddedServer;

beforeAll(async () => {
  const film = await footage("film-24000-1001-bframes");
  library = await makeLibrary({ "folder/a film.mp4": film });
  server = await startServer(library.dir, { ADMIN_TOKEN, AUTH_SECRET: SECRET });
});
afterAll(async () => {
  await server?.stop();
  await library?.remove();
});

const client = () => new SeamlineClient({ baseUrl: server.url, adminToken: ADMIN_TOKEN });
const ask = (path: string, init: RequestInit = {}) => fetch(server.url + path, { headers: HEADERS, ...init });

interface Heard {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Reads events until one satisfies, and all of them; the connection ends with the test. */
async function listen(path: string, signal?: AbortSignal) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const signals = [leaving.signal, ...(signal ? [signal] : [])];
  const response = await ask(path, { signal: AbortSignal.any(signals) });
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const heard: Heard[] = [];
  let text = "";
  const until = async (isWanted: (event: Heard) => boolean): Promise<Heard> => {
    for (;;) {
      const found = heard.find(isWanted);
      if (found) return found;
      const { done, value } = await reader.read();
      if (done) throw new Error(`the stream ended after ${JSON.stringify(heard)}`);
      const blocks = (text + value).split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
        const data = field("data");
        if (data !== undefined)
          heard.push({ event: field("event")!, id: field("id")!, data: JSON.parse(data) });
      }
    }
  };
  return { heard, until, leave: () => leaving.abort(), reader };
}

it("shows nothing of the fleet to whoever has no administrator's token", async () => {
  for (const path of ["api/fleet", "api/fleet/titles", "api/fleet/segments?path=x", "api/events"]) {
    const [without, wrong] = await Promise.all([
      ask(path, { headers: {} }),
      ask(path, { headers: { authorization: "Bearer wrong" } }),
    ]);
    expect([without.status, wrong.status]).toEqual([401, 401]);
    expect(await without.json()).toMatchObject({ code: "admin-token-missing" });
    expect(await wrong.json()).toMatchObject({ code: "admin-token-wrong" });
  }
  // The page itself holds nothing secret: it asks for the token.
  expect((await ask("fleet", { headers: {} })).status).toBe(200);
});

it("shows the worker of its own process, without Redis", async () => {
  const view = fleetViewSchema.parse(await client().fleet());
  expect(view).toMatchObject({ mode: "embedded", workers: [{ state: "idle" }] });
});

it("tells of each change as it comes, from the whole on, with growing ids", async () => {
  const { heard, until } = await listen(`api/events?path=${encodeURIComponent("folder/a film.mp4")}`);
  expect(fleetViewSchema.parse((await until(({ event }) => event === "fleet")).data)).toBeDefined();
  const map = segmentMapSchema.parse((await until(({ event }) => event === "map")).data) as SegmentMap;
  const rung = map.renditions.find(({ id }) => id === "v480")!;
  expect(rung).toMatchObject({ label: "480p", runs: [{ from: 0, to: 18, state: "missing" }] });
  expect(map.timelines[rung.timeline]).toHaveLength(19);

  const token = await signToken({ prefix: "", expiresAt: 4_000_000_000 }, await importAccessKeys([SECRET]));
  const url = `${server.url}hls/folder/a%20film.mp4/${map.titleKey}/v480/3.m4s?token=${token}`;
  expect((await fetch(url)).status).toBe(200);
  const saysMade = ({ event, data }: Heard) =>
    event === "cells" && /"id":"v480".*"from":3,"to":\d+,"state":"made"/.test(JSON.stringify(data));
  await until(saysMade);
  const worked = heard.filter(({ event }) => event === "fleet").map(({ data }) => data as FleetView);
  expect(worked.some(({ workers }) => workers.some(({ jobs }) => jobs.length > 0))).toBe(true);
  expect(heard.map(({ id }) => Number(id))).toEqual(heard.map((_, k) => k + 1));

  const now = segmentMapSchema.parse(await client().segments("folder/a film.mp4"));
  expect(JSON.stringify(now.renditions.find(({ id }) => id === "v480"))).toContain('"state":"made"');
});

it("says why there is no map of a title, and goes on telling of the fleet", async () => {
  const { until } = await listen("api/events?path=nowhere.mp4");
  expect((await until(({ event }) => event === "map-trouble")).data).toMatchObject({
    ...{ status: 404, code: "source-not-found" },
  });
  expect(await until(({ event }) => event === "fleet")).toBeDefined();
  expect((await ask("api/fleet/segments?path=nowhere.mp4")).status).toBe(404);
  expect((await ask("api/fleet/segments")).status).toBe(400);
});

it("holds nothing for those who have left, or ask for the headers alone, and takes so many at a time", async () => {
  for (let k = 0; k < 34; k++) {
    expect((await ask("api/events", { method: "HEAD" })).status).toBe(200);
    const { until, leave } = await listen("api/events");
    await until(({ event }) => event === "fleet");
    leave();
  }
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const watch = () => ask("api/events", { signal: leaving.signal });
  const open: Response[] = [];
  for (let k = 0; k < 32; k++) open.push(await watch());
  expect(open.map(({ status }) => status)).toEqual(Array(32).fill(200));
  const refused = await watch();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).not.toBeNull();
  expect(await refused.json()).toMatchObject({ code: "too-many-watchers" });
  leaving.abort();
  const again = async () => (await ask("api/events", { signal: AbortSignal.timeout(5000) })).status;
  await expect.poll(again, { timeout: 60_000 }).toBe(200);
});

it("ends the stream when the server stops", async () => {
  const own = await startServer(library.dir);
  const response = await fetch(`${own.url}api/events`);
  const reader = response.body!.getReader();
  await reader.read();
  const ended = (async () => {
    while (!(await reader.read()).done);
    return "ended";
  })();
  await own.stop();
  expect(await ended).toBe("ended");
});
