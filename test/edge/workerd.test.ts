import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import edge from "../../edge/main.ts";
import { importAccessKeys, signToken } from "../../shared/access/token.ts";
import { titleObject } from "../../shared/storage/object-name.ts";
import { footage } from "../support/footage.ts";
import { startWorkerd, type WorkerdProcess } from "../support/workerd.ts";
import { EDGE_BUNDLE, EdgeFleet, edgeBindings } from "./edge-fleet.ts";

const RUNG = "v240";
/** Nobody waits longer: a segment takes a second or two. */
const DONE_WITHIN = { timeout: 120_000, interval: 50 };

let mediaDir: string;
let fleet: EdgeFleet;
let other: WorkerdProcess | undefined;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "a film.mp4"));
  fleet = await EdgeFleet.start(mediaDir);
});
afterAll(async () => {
  await fleet.stop();
  await rm(mediaDir, { recursive: true, force: true });
});
afterEach(async () => {
  await other?.stop();
  other = undefined;
});

it("is one file that imports nothing, least of all from Node", async () => {
  const { metafile } = await build({
    entryPoints: [EDGE_BUNDLE],
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports)).toEqual([]);
});

it("prints the multivariant playlist of a film that a worker has to look at first", async () => {
  const response = await fetchOk(masterUrl());
  expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
  const playlist = await response.text();
  expect(playlist).toMatch(/^#EXTM3U\n/);
  expect(playlist).toContain(`/${RUNG}/`);
});

it("prints media playlists, and serves the init segment that storage has", async () => {
  const { mediaUrl, media, segments, file } = await openRendition();
  expect(media).toContain('#EXT-X-MAP:URI="init.mp4"');
  expect(media.trimEnd()).toMatch(/#EXT-X-ENDLIST$/);
  expect(segments.length).toBeGreaterThan(10);
  const init = await bytesOf(await fetchOk(new URL("init.mp4", mediaUrl).href));
  expect(init.equals(await readFile(file("init.mp4")))).toBe(true);
});

it("has a cold segment made, and serves it byte for byte as storage has it", async () => {
  const { segments, file } = await openRendition();
  const response = await fetchOk(segments[1]!);
  const bytes = await bytesOf(response);
  const stored = await readFile(file("1.m4s"));
  expect(bytes.equals(stored)).toBe(true);
  expect(response.headers.get("content-type")).toBe("video/mp4");
  expect(response.headers.get("content-length")).toBe(String(stored.length));
  expect(response.headers.get("cache-control")).toContain("immutable");
});

it("asks for what comes next once the response is on its way", async () => {
  const { segments, titleKey } = await openRendition();
  await bytesOf(await fetchOk(segments[2]!));
  const next = [3, 4, 5].map((index) => `${titleKey}/${RUNG}/${index}+1`);
  const known = async () => (await jobIds()).filter((id) => next.includes(id)).sort();
  await expect.poll(known, DONE_WITHIN).toEqual(next);
});

it("serves ranges, HEAD and conditional requests", async () => {
  const { segments, file } = await openRendition();
  const whole = await bytesOf(await fetchOk(segments[1]!));
  const part = await fetch(segments[1]!, { headers: { range: "bytes=100-1099" } });
  expect(part.status).toBe(206);
  expect(part.headers.get("content-range")).toBe(`bytes 100-1099/${whole.length}`);
  expect((await bytesOf(part)).equals((await readFile(file("1.m4s"))).subarray(100, 1100))).toBe(true);
  const head = await fetchOk(segments[1]!, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe(String(whole.length));
  const etag = head.headers.get("etag")!;
  expect((await fetch(segments[1]!, { headers: { "if-none-match": etag } })).status).toBe(304);
});

it("makes one encode of requests for the same cold segment at the same time", async () => {
  const { segments, titleKey, file } = await openRendition();
  const both = await Promise.all(
    [segments[9]!, segments[9]!].map(async (url) => bytesOf(await fetchOk(url))),
  );
  const stored = await readFile(file("9.m4s"));
  expect(both.map((bytes) => bytes.equals(stored))).toEqual([true, true]);
  expect((await fleet.jobs()).get(`${titleKey}/${RUNG}/9+1`)).toMatchObject({ state: "d", attempts: 1 });
});

it("serves many requests at a time, cold and warm, and none touches another's connections", async () => {
  const { segments, file } = await openRendition();
  const indices = [0, 1, 2, 6, 7, 8];
  const urls = [...indices, ...indices].map((index) => segments[index]!);
  const bodies = await Promise.all([...urls, masterUrl()].map(async (url) => bytesOf(await fetchOk(url))));
  for (const [k, index] of indices.entries()) {
    expect(bodies[k]!.equals(await readFile(file(`${index}.m4s`)))).toBe(true);
  }
  expect(fleet.edge.output()).toBe("");
});

it("listens to Redis only while somebody waits", async () => {
  const { segments } = await openRendition("v360");
  await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(0);
  const waiting = await fleet.whileNothingIsMade(async () => {
    const responses = [segments[0]!, segments[0]!, segments[5]!].map((url) => fetchOk(url));
    await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(3);
    return responses;
  });
  for (const response of waiting) await bytesOf(await response);
  await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(0);
});

it("waits no longer than it may, and holds nothing after that", async () => {
  const { segments } = await openRendition("v360");
  const bindings = { ...edgeBindings(fleet.gateway, fleet.origin.url), SEGMENT_WAIT_MS: "500" };
  other = await startWorkerd(EDGE_BUNDLE, bindings);
  const cold = segments[10]!.replace(fleet.edge.url, other.url);
  // This one looks into the film for itself.
  await expect.poll(async () => (await fetch(cold)).status, DONE_WITHIN).toBe(200);
  const late = await fleet.whileNothingIsMade(() => fetch(cold.replace("/10.m4s", "/15.m4s")));
  expect([late.status, await late.json()]).toMatchObject([503, { code: "segment-overdue" }]);
  expect(late.headers.get("retry-after")).not.toBeNull();
  await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(0);
  await expect.poll(async () => (await fetch(late.url)).status, DONE_WITHIN).toBe(200);
});

it("waits on for one viewer of a segment when another's time is up", async () => {
  // One that nobody has watched: nothing of it is looked ahead for.
  const { segments, titleKey } = await openRendition("v480");
  const bindings = { ...edgeBindings(fleet.gateway, fleet.origin.url), SEGMENT_WAIT_MS: "3000" };
  other = await startWorkerd(EDGE_BUNDLE, bindings);
  const here = (index: number) => segments[index]!.replace(fleet.edge.url, other!.url);
  // This one, too, looks into the film for itself.
  await expect.poll(async () => (await fetch(here(0))).status, DONE_WITHIN).toBe(200);
  const lapsesAt = async () => (await fleet.jobs()).get(`${titleKey}/v480/14+1`)?.lapsesAt ?? 0;
  await fleet.whileNothingIsMade(async () => {
    const first = fetch(here(14));
    await expect.poll(lapsesAt, DONE_WITHIN).toBeGreaterThan(0);
    const begun = await lapsesAt();
    await expect.poll(lapsesAt, DONE_WITHIN).toBeGreaterThan(begun + 1500);
    const second = fetch(here(14));
    expect((await first).status).toBe(503);
    const alone = await lapsesAt();
    await expect.poll(lapsesAt, DONE_WITHIN).toBeGreaterThan(alone);
    expect((await second).status).toBe(503);
  });
});

it("holds nothing after its response where the runtime does not see to that", async () => {
  const { segments } = await openRendition();
  const bindings = edgeBindings(fleet.gateway, fleet.origin.url);
  const work: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => void work.push(promise) };
  const waiting = await fleet.whileNothingIsMade(async () => {
    const response = edge.fetch(new Request(segments[13]!), bindings, context);
    await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(1);
    return [response];
  });
  expect((await waiting[0]!).status).toBe(200);
  await expect.poll(() => fleet.gateway.listeners(), DONE_WITHIN).toBe(0);
  await Promise.all(work);
});

it("answers 404 to rungs, segments and films that don't exist, with no segment asked for", async () => {
  const { mediaUrl } = await openRendition();
  const before = await jobIds();
  for (const name of ["../v99/0.m4s", "9999.m4s", "nothing.m4s", "../../x"]) {
    expect((await fetch(new URL(name, mediaUrl))).status, name).toBe(404);
  }
  const after = (await jobIds()).filter((id) => !before.includes(id) && !id.startsWith("probe/"));
  expect(after).toEqual([]);
  const missing = await fetch(`${fleet.edge.url}hls/nothing.mp4/master.m3u8`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { code: "source-not-found" }]);
});

it("says whether it is ready, and lists no titles", async () => {
  const ready = await fetchOk(`${fleet.edge.url}readyz`);
  expect(await ready.json()).toMatchObject({
    status: "ok",
    dependencies: [{ name: "storage" }, { name: "redis" }],
  });
  expect(await (await fetchOk(`${fleet.edge.url}api/titles`)).json()).toEqual({ titles: [] });
});

it("lets in whoever has a signed link, and carries it on to what is below", async () => {
  const secret = "the secret of this test: long enough";
  const bindings = { ...edgeBindings(fleet.gateway, fleet.origin.url), AUTH_SECRET: secret };
  other = await startWorkerd(EDGE_BUNDLE, bindings);
  const master = masterUrl().replace(fleet.edge.url, other.url);
  const refused = await fetch(master);
  expect([refused.status, await refused.json()]).toMatchObject([401, { code: "token-missing" }]);
  const grant = { prefix: "a film.mp4", expiresAt: 4_000_000_000 };
  const query = `?token=${await signToken(grant, await importAccessKeys([secret]))}`;
  const playlist = await (await fetchOk(master + query)).text();
  const media = new URL(playlist.split("\n").find((line) => line.includes(`/${RUNG}/`))!, master).href;
  const [, init, first] = /URI="(init[^"]+)".*?(0\.m4s[^\n]*)/s.exec(await (await fetchOk(media)).text())!;
  for (const uri of [init!, first!]) {
    const response = await fetchOk(new URL(uri, media).href);
    expect(response.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    await bytesOf(response);
  }
  const elsewhere = await fetch(master.replace("film.mp4", "film2.mp4") + query);
  expect([elsewhere.status, await elsewhere.json()]).toMatchObject([403, { code: "token-not-for-this" }]);
});

it("says in words that storage is out of reach, and in its log where that is", async () => {
  const nowhere = "http://127.0.0.1:1/segments";
  other = await startWorkerd(EDGE_BUNDLE, edgeBindings(fleet.gateway, nowhere));
  const response = await fetch(`${other.url}hls/a%20film.mp4/master.m3u8`);
  const problem = await response.text();
  expect([response.status, JSON.parse(problem)]).toMatchObject([500, { code: "storage-failed" }]);
  expect(problem).not.toContain("127.0.0.1");
  expect(other.output()).toContain("http://127.0.0.1:1");
});

it("says which settings are missing or wrong in its log, secrets left out, and to nobody else", async () => {
  const bindings = edgeBindings(fleet.gateway, "ftp://user:hunter2@storage/");
  other = await startWorkerd(EDGE_BUNDLE, bindings);
  const response = await fetch(`${other.url}hls/a%20film.mp4/master.m3u8`);
  const problem = await response.text();
  expect([response.status, JSON.parse(problem)]).toMatchObject([500, { code: "misconfigured" }]);
  expect(problem).not.toContain("STORAGE_URL");
  expect(other.output()).toContain("STORAGE_URL");
  expect(problem + other.output()).not.toContain("hunter2");
});

it("answers 503 with Retry-After while Redis is away behind the gateway, and when the gateway is", async () => {
  const { segments } = await openRendition();
  const cold = (await openRendition("v480")).segments[4]!;
  await fleet.redis.kill();
  await expectAway(cold);
  await fleet.gateway.stop();
  await expectAway(cold);
  // What storage has needs neither.
  await bytesOf(await fetchOk(segments[1]!));
});

async function expectAway(url: string): Promise<void> {
  const response = await fetch(url);
  const text = await response.text();
  expect([response.status, text]).toEqual([503, expect.stringContaining("redis-unavailable")]);
  expect(response.headers.get("retry-after")).not.toBeNull();
}

async function jobIds(): Promise<string[]> {
  return [...(await fleet.jobs()).keys()];
}

function masterUrl(): string {
  return `${fleet.edge.url}hls/a%20film.mp4/master.m3u8`;
}

async function openRendition(rung = RUNG) {
  const master = await (await fetchOk(masterUrl())).text();
  const line = master.split("\n").find((candidate) => candidate.includes(`/${rung}/`))!;
  const mediaUrl = new URL(line, masterUrl()).href;
  const titleKey = mediaUrl.split("/").at(-3)!;
  const media = await (await fetchOk(mediaUrl)).text();
  const uris = media.split("\n").filter((uri) => uri.endsWith(".m4s"));
  return {
    mediaUrl,
    media,
    titleKey,
    segments: uris.map((uri) => new URL(uri, mediaUrl).href),
    /** Where storage keeps an object of the rendition. */
    file: (name: string) => join(fleet.storageDir, titleObject(titleKey, rung, name)),
  };
}

async function fetchOk(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  expect(response.status, `${url}: ${response.ok ? "" : await response.clone().text()}`).toBe(200);
  return response;
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}
