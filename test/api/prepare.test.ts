import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Preparation, SeamlineClient } from "../../client/seamline-client.ts";
import { webhookEventSchema } from "../../shared/api/webhook-event.ts";
import { type Log, silentLog } from "../../shared/log.ts";
import { titleFolder } from "../../shared/storage/object-name.ts";
import { type EmbeddedServer, startServer } from "../support/embedded-server.ts";
import { makeSmallFilms, type SmallFilms } from "./small-films.ts";
import { WebhookReceiver } from "./webhook-receiver.ts";

const ADMIN_TOKEN = "an administrator's token";
const LONG = { path: "long.mkv", rungs: ["240p"] };
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let films: SmallFilms;
let storageDir: string;
let server: EmbeddedServer;
let client: SeamlineClient;
/** Fails once. */
const receiver = new WebhookReceiver(500);
let settings: Readonly<Record<string, string>>;
/** Jobs that were done, but for looks at a film. */
const done: string[] = [];
const log: Log = {
  ...silentLog,
  debug({ job }, event) {
    if (event === "job done" && !String(job).startsWith("probe/")) done.push(String(job));
  },
};

beforeAll(async () => {
  films = await makeSmallFilms({ "film.mkv": 9, "range.mkv": 16, "long.mkv": 60 });
  settings = {
    ...{ ADMIN_TOKEN, WEBHOOK_SECRET: SECRET, WEBHOOK_URLS: await receiver.listen() },
    WORKER_CONCURRENCY: "1",
  };
  storageDir = await mkdtemp(join(tmpdir(), "seamline-prepared-"));
  server = await startServer(films.dir, settings, { log, storageDir });
  client = clientOf(server);
});
afterAll(async () => {
  await server?.stop();
  await receiver.close();
  await films?.remove();
  await rm(storageDir, { recursive: true, force: true });
});

function clientOf({ url }: EmbeddedServer): SeamlineClient {
  return new SeamlineClient({ baseUrl: url, adminToken: ADMIN_TOKEN });
}

async function follow(id: string): Promise<readonly Preparation[]> {
  const states: Preparation[] = [];
  for await (const preparation of client.follow(id)) states.push(preparation);
  return states;
}

/** Reads a playlist and all that it names, and so on. */
async function readAllOf(url: string): Promise<void> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  const text = await response.text();
  if (!url.endsWith(".m3u8")) return;
  const isForPlaying = (line: string) => !/I-FRAME|IMAGE|\/o0\//.test(line);
  const named = text
    .split("\n")
    .filter(isForPlaying)
    .flatMap((line) => (line.startsWith("#") ? (/URI="([^"]+)"/.exec(line)?.[1] ?? []) : line));
  for (const name of named.filter(Boolean)) await readAllOf(new URL(name, url).href);
}

/** Names of a title's stored objects. */
async function storedOf({ titleKey }: Pick<Preparation, "titleKey">): Promise<readonly string[]> {
  const names = await readdir(join(storageDir, titleFolder(titleKey)), { recursive: true });
  return names.filter((name) => /^[vat].*\./.test(name)).sort();
}

describe("a title that is prepared", () => {
  it("says how far it is until all of it is there, and then plays without a job", async () => {
    const started = await client.prepare({ path: "film.mkv" });
    expect(started).toMatchObject({ path: "film.mkv", rungs: ["240p", "360p"], from: 0, state: "running" });
    const states = await follow(started.id);
    expect(states.at(-1)).toMatchObject({ id: started.id, state: "done", made: started.total });
    const made = states.map((state) => state.made);
    expect(made).toEqual(made.toSorted((a, b) => a - b));
    expect(states.length).toBeGreaterThan(2);
    // What else a player is offered is not of the rungs, and made when it is asked for.
    done.length = 0;
    await readAllOf(client.urls("film.mkv").hls);
    expect(done).toEqual([]);
  });

  it("is told to whoever wants to know, signed, until they have it", async () => {
    const [failed, taken] = await receiver.until(2);
    expect([failed!.status, taken!.status]).toEqual([500, 204]);
    expect(taken!.headers["webhook-id"]).toBe(failed!.headers["webhook-id"]);
    const event = webhookEventSchema.parse(new Webhook(SECRET).verify(taken!.body, taken!.headers));
    expect(event).toMatchObject({ type: "preparation.done", data: { path: "film.mkv", state: "done" } });
  });

  it("is there at once when it is asked for again", async () => {
    done.length = 0;
    const again = await client.prepare({ path: "film.mkv", rungs: ["360p", "240p"] });
    expect((await follow(again.id)).at(-1)).toMatchObject({ state: "done" });
    expect(done).toEqual([]);
    expect((await client.preparations()).map(({ id }) => id)).toEqual([again.id]);
  });

  it("may be a range of chosen rungs", async () => {
    const { id } = await client.prepare({ path: "range.mkv", rungs: ["240p"], from: 4.5, to: 8 });
    const ended = (await follow(id)).at(-1)!;
    expect(ended).toMatchObject({ state: "done", from: 4.5, to: 8, rungs: ["240p"] });
    const stored = await storedOf(ended);
    expect(stored.filter((name) => name.startsWith("v"))).toEqual([
      "v240/3.m4s",
      "v240/4.m4s",
      "v240/init.mp4",
    ]);
    expect(stored.filter((name) => name.startsWith("a0/"))).toContain("a0/3.m4s");
    expect(stored).toContain("t0/cues.vtt");
  });

  it("stays as far as it is when nobody wants it any more, and goes on from there", async () => {
    const { id } = await client.prepare(LONG);
    for await (const { made } of client.follow(id)) if (made > 0) break;
    const cancelled = await client.cancel(id);
    expect(cancelled.state).toBe("cancelled");
    const stored = await storedOf(cancelled);
    expect(stored.length).toBeGreaterThan(0);
    expect(await client.cancel(id)).toEqual(cancelled);
    expect((await client.prepare(LONG)).state).toBe("running");
    for await (const { made } of client.follow(id)) if (made > 0) break;
    expect(await storedOf(cancelled)).toEqual(expect.arrayContaining([...stored]));
  });

  it("goes on after a restart, and nothing is made twice", async () => {
    const [before] = await client.preparations();
    expect(before!.state).toBe("running");
    await server.stop();
    server = await startServer(films.dir, settings, { log, storageDir });
    client = clientOf(server);
    const states = await follow(before!.id);
    expect(states.at(-1)).toMatchObject({ state: "done", startedAt: before!.startedAt });
    const segments = done.filter((job) => /\/v\d+\/\d/.test(job));
    expect(segments.length).toBeGreaterThan(15);
    expect(segments.toSorted()).toEqual([...new Set(segments)].sort());
  });
});

describe("what is stored of a title", () => {
  it("stays while somebody may be watching, and goes when it is told to", async () => {
    const [{ titleKey }] = (await client.preparations()) as [Preparation];
    await expect(client.evict("long.mkv")).rejects.toMatchObject({ status: 409, code: "title-in-use" });
    const folder = join(storageDir, titleFolder(titleKey));
    const longAgo = new Date(Date.now() - 11 * 60_000);
    await utimes(join(folder, "used"), longAgo, longAgo);
    await client.evict("long.mkv");
    await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
    await client.evict("long.mkv");
  });
});

describe("what makes no sense", () => {
  it.each([
    ["a rung that there is not", { path: "film.mkv", rungs: ["480p"] }, 400, /240p, 360p/],
    ["a moment after the end", { path: "film.mkv", from: 60 }, 400, /from 0 to 9/],
    ["a range that ends before it begins", { path: "film.mkv", from: 5, to: 4 }, 400, /from 5 s to 4 s/],
    ["something unknown", { path: "film.mkv", quality: "best" } as never, 400, /quality/],
    ["no path", {} as never, 400, /“path”/],
    ["a film that there is not", { path: "none.mkv" }, 404, /none\.mkv/],
  ])("is refused in words: %s", async (_, request, status, message) => {
    const error = await client.prepare(request).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: "ProblemError", status, message: expect.stringMatching(message) });
  });

  it("is nobody's to ask for without the administrator's token", async () => {
    for (const adminToken of [undefined, "guessed"]) {
      const stranger = new SeamlineClient({ baseUrl: server.url, ...(adminToken && { adminToken }) });
      const code = adminToken ? "admin-token-wrong" : "admin-token-missing";
      for (const call of [
        () => stranger.prepare({ path: "film.mkv" }),
        () => stranger.preparations(),
        () => stranger.cancel("0".repeat(32)),
        () => stranger.follow("0".repeat(32)).next(),
        () => stranger.evict("film.mkv"),
      ])
        await expect(call()).rejects.toMatchObject({ status: 401, code });
    }
  });
});
