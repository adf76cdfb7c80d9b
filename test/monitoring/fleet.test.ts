import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Fleet } from "../failover/fleet.ts";
import { repositoryRoot } from "../support/footage-cache.ts";
import { runProgram } from "../support/run-program.ts";
import { type ServerProcess, startProgram } from "../support/server-process.ts";
import { documentedMetrics, labelsOf, ownFamilies } from "./metrics-table.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "./otlp-receiver.ts";
import { type Scrape, scrape } from "./scrape.ts";

const ADMIN = "an-admin-token-for-tests";
const FILM = "watched film.mp4";
const SECONDS = 7;
const RENDITIONS = ["v240", "a0"];
const MONITORING = join(repositoryRoot, "deploy/monitoring");
const SCRAPED_WITHIN = { timeout: 120_000, interval: 100 };

let mediaDir: string;
let receiver: OtlpReceiver;
let fleet: Fleet;
let worker: ServerProcess;
let gateway: ServerProcess;
let titleKey: string;
/** Of the segments that were played: how many there were, and how large they are together. */
const played = { segments: 0, bytes: 0 };
let scrapes: Record<"orchestrator" | "worker" | "gateway", Scrape>;

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await makeFilm(join(mediaDir, FILM));
  receiver = await startOtlpReceiver();
  const environment = {
    ADMIN_TOKEN: ADMIN,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    FALLBACK_TO_LOCAL: "false",
    LOG_LEVEL: "debug",
  };
  fleet = await Fleet.start(mediaDir, environment);
  worker = await fleet.addWorker("w1");
  gateway = await startProgram("gateway", mediaDir, fleet.storageDir, {
    environment: { REDIS_URL: fleet.redis.url, GATEWAY_TOKEN: "a-gateway-token-for-tests" },
  });
  await play();
  await fetch(`${gateway.url}ping`, { headers: { authorization: "Bearer a-gateway-token-for-tests" } });
  await vi.waitFor(
    async () => expect((await scrapeWorker()).sum("seamline_queue_jobs")).toBe(0),
    SCRAPED_WITHIN,
  );
  scrapes = {
    orchestrator: await scrape(fleet.url, ADMIN),
    worker: await scrapeWorker(),
    gateway: await scrape(gateway.url, "a-gateway-token-for-tests"),
  };
});
afterAll(async () => {
  await gateway?.stop();
  await fleet?.stop();
  await receiver?.stop();
  await rm(mediaDir, { recursive: true, force: true });
});

async function makeFilm(path: string): Promise<void> {
  const source = (graph: string) => ["-f", "lavfi", "-i", `${graph}:duration=${SECONDS}`];
  await runProgram("ffmpeg", [
    ...["-v", "error", ...source("testsrc2=size=320x240:rate=25"), ...source("sine=sample_rate=48000")],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", path],
  ]);
}

const scrapeWorker = () => scrape(worker.url, ADMIN);

/** Every segment of one rung and of the sound, one after the other, and the first one twice. */
async function play(): Promise<void> {
  const film = `${fleet.url}hls/${encodeURIComponent(FILM)}`;
  const master = await (await fetch(`${film}/master.m3u8`)).text();
  titleKey = /([0-9a-f]{32})\/v240\//.exec(master)![1]!;
  for (const rendition of RENDITIONS) {
    const base = `${film}/${titleKey}/${rendition}`;
    const playlist = await (await fetch(`${base}/index.m3u8`)).text();
    const names = playlist.split("\n").filter((line) => line.endsWith(".m4s"));
    for (const name of [...names, names[0]!]) {
      const response = await fetch(`${base}/${name}`);
      expect(response.status).toBe(200);
      played.segments += 1;
      played.bytes += (await response.arrayBuffer()).byteLength;
    }
  }
}

describe("what Prometheus scrapes", () => {
  it("is well-formed and well named, as promtool sees it", async () => {
    for (const { text } of Object.values(scrapes))
      await runProgram("promtool", ["check", "metrics"], new TextEncoder().encode(text));
  });

  it("counts the segments that storage has, and their bytes", async () => {
    for (const [rendition, media] of [
      ["v240", "video"],
      ["a0", "audio"],
    ] as const) {
      const folder = join(fleet.storageDir, "titles", titleKey.slice(0, 2), titleKey, rendition);
      const names = await readdir(folder);
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
      const segments = names.filter((name) => name.endsWith(".m4s")).length;
      expect(segments).toBeGreaterThan(3);
      const published = { media, outcome: "published" };
      expect(scrapes.worker.sum("seamline_segments_total", published)).toBe(segments);
      expect(scrapes.worker.sum("seamline_published_bytes_total", { media })).toBe(
        sizes.reduce((sum, size) => sum + size, 0),
      );
    }
  });

  it("counts what was sent, and whether it had to be waited for", () => {
    const { orchestrator } = scrapes;
    const waits = (from: string) => orchestrator.sum("seamline_object_wait_seconds_count", { from })!;
    expect(waits("storage") + waits("worker")).toBe(played.segments);
    expect(waits("storage")).toBeGreaterThanOrEqual(RENDITIONS.length);
    expect(waits("worker")).toBeGreaterThanOrEqual(RENDITIONS.length);
    expect(waits("problem") + waits("left")).toBe(0);
    const segments = { route: "segment" };
    expect(orchestrator.sum("seamline_http_requests_total", { ...segments, status: "200" })).toBe(
      played.segments,
    );
    const sent = orchestrator.sum("seamline_http_response_bytes_total", segments)!;
    expect(sent).toBeGreaterThan(played.bytes);
    expect(sent).toBeLessThan(played.bytes + 2000 * played.segments);
  });

  it("has what the lease store answered, how it was reached, and what came of each lease", () => {
    const { orchestrator, worker: made } = scrapes;
    const outcome = (call: string, kind: string) =>
      made.sum("seamline_lease_outcomes_total", { store: "redis", call, outcome: kind });
    const done = made.sum("seamline_job_seconds_count", { end: "done" });
    expect(outcome("commit", "committed")).toBe(done);
    expect(outcome("claim", "leased")).toBe(made.sum("seamline_leases_begun_total"));
    expect(made.sum("seamline_leases_begun_total", { attempt: "first" })).toBe(done);
    for (const call of ["claim", "commit"])
      expect(made.sum("seamline_lease_call_seconds_count", { store: "redis", call })).toBeGreaterThan(0);
    expect(orchestrator.sum("seamline_lease_call_seconds_count", { call: "request" })).toBeGreaterThan(0);
    expect(made.sum("seamline_redis_up")).toBe(1);
    expect(orchestrator.sum("seamline_redis_up")).toBe(1);
    expect(made.sum("seamline_worker_info", { worker: "w1" })).toBe(1);
  });

  it("has each program that ran, each fragment that was checked and how fast film was encoded", () => {
    const { worker: made } = scrapes;
    const ffmpegs = made.sum("seamline_program_seconds_count", { program: "ffmpeg", end: "exited" })!;
    expect(ffmpegs).toBeGreaterThanOrEqual(made.sum("seamline_encode_speed_ratio_count")!);
    expect(made.sum("seamline_fragment_checks_total", { result: "as-planned" })).toBeGreaterThanOrEqual(
      made.sum("seamline_segments_total")!,
    );
    expect(made.sum("seamline_encode_speed_ratio_sum", { media: "video", rung: "240p" })).toBeGreaterThan(0);
  });

  it("names no title and no client in any label", () => {
    const values = Object.values(scrapes).flatMap(({ families }) =>
      families.flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.values(labels))),
    );
    expect(values.filter((value) => value.includes("watched") || value.includes(titleKey))).toEqual([]);
  });

  it("is for administrators alone where there is a token for them", async () => {
    for (const url of [fleet.url, worker.url, gateway.url]) {
      expect((await fetch(`${url}metrics`)).status).toBe(401);
      await expect(scrape(url, "a-token-that-is-wrong")).rejects.toThrow("401");
    }
  });

  it("is what docs/monitoring.md lists, with the same words", async () => {
    const documented = await documentedMetrics();
    const families = ownFamilies(Object.values(scrapes));
    const described = (metrics: readonly { name: string; type: string; help: string }[]) =>
      metrics.map(({ name, type, help }) => `${name} ${type} ${help}`).sort();
    expect(described(documented)).toEqual(described(families));
    for (const family of families) {
      const { labels } = documented.find(({ name }) => name === family.name)!;
      expect([family.name, ...labels], family.name).toEqual(
        expect.arrayContaining([family.name, ...labelsOf(family)]),
      );
    }
  });

  it("has every metric that the dashboard and the alerts ask for", async () => {
    const dashboard = await readFile(join(MONITORING, "grafana/dashboards/seamline.json"), "utf8");
    const alerts = await readFile(join(MONITORING, "alerts.yml"), "utf8");
    const all = Object.values(scrapes).flatMap(({ families }) => families);
    const known = new Map(all.map(({ name, type }) => [name, type]));
    const asked = [...`${dashboard}\n${alerts}`.matchAll(/\b(?:seamline|nodejs|process)_\w+/g)].map(
      ([name]) => name,
    );
    const unknown = asked.filter((name) => {
      const family = name.replace(/_(?:bucket|sum|count)$/, "");
      return !known.has(name) && known.get(family) !== "histogram";
    });
    expect(new Set(unknown)).toEqual(new Set());
    expect(new Set(asked).size).toBeGreaterThan(20);
  });
});

describe("the dashboard", () => {
  it("asks in PromQL that promtool understands", async () => {
    const text = await readFile(join(MONITORING, "grafana/dashboards/seamline.json"), "utf8");
    const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rules = queries.map((query, k) => ({
      record: `query_${k}`,
      expr: query.replaceAll("$__rate_interval", "1m"),
    }));
    const path = join(mediaDir, "queries.json");
    await writeFile(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await runProgram("promtool", ["check", "rules", path]);
    expect(queries.length).toBeGreaterThan(30);
  });
});

describe("alerts", () => {
  it("are those that docs/monitoring.md lists", async () => {
    const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);
    const page = await readFile(join(repositoryRoot, "docs/monitoring.md"), "utf8");
    const alerts = await readFile(join(MONITORING, "alerts.yml"), "utf8");
    expect(names(page, /^\| `(Seamline\w+)` \|/gm)).toEqual(names(alerts, /- alert: (\w+)/g));
  });

  it("are well-formed, and fire when they should and only then, as promtool plays it through", async () => {
    await runProgram("promtool", ["check", "rules", join(MONITORING, "alerts.yml")]);
    await runProgram("promtool", ["test", "rules", join(MONITORING, "alerts.test.yml")]);
    await runProgram("promtool", [
      ...["check", "config", "--syntax-only", join(MONITORING, "prometheus.yml")],
    ]);
  });
});

describe("a trace", () => {
  /** The span of that name below another one; they arrive once a second. */
  const below = (parent: ReceivedSpan, name: string) =>
    vi.waitFor(() => {
      const found = receiver.spans.filter(
        (span) => span.parentSpanId === parent.spanId && span.name === name,
      );
      expect(found.map((span) => span.name)).toEqual([name]);
      expect(found[0]!.traceId).toBe(parent.traceId);
      return found[0]!;
    }, SCRAPED_WITHIN);
  const requestFor = (end: string) =>
    vi.waitFor(() => {
      const found = receiver.spans.find(
        ({ name, attributes }) => name.startsWith("GET") && String(attributes["url.path"]).endsWith(end),
      );
      expect(found).toBeDefined();
      return found!;
    }, SCRAPED_WITHIN);

  it("leads from the request for a segment to the worker's FFmpeg, check, publication and commit", async () => {
    const request = await requestFor("/v240/0.m4s");
    expect(request).toMatchObject({ service: "seamline-orchestrator", parentSpanId: "" });
    expect(request.attributes).toMatchObject({ "http.response.status_code": 200 });
    const wait = await below(request, "wait");
    const job = await below(wait, "job");
    expect(job.service).toBe("seamline-worker");
    expect(job.attributes).toMatchObject({
      "seamline.title": FILM,
      "seamline.segment": "v240/0",
      "seamline.worker": "w1",
    });
    const encode = await below(job, "encode");
    await below(encode, "ffmpeg");
    await below(encode, "check");
    const inOrder = [await below(job, "claim"), encode, await below(job, "commit")];
    const ends = inOrder.map(({ endMs }) => endMs);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    const stored = receiver.spans.filter(
      ({ name, parentSpanId }) => name === "store" && parentSpanId === job.spanId,
    );
    expect(stored.map(({ attributes }) => String(attributes["seamline.object"]).split("/").at(-1))).toEqual([
      "init.mp4",
      "0.m4s",
    ]);
    for (const span of stored) expect(span.startMs).toBeGreaterThanOrEqual(encode.startMs);
  });

  it("leads from the request for a playlist to the worker's ffprobe", async () => {
    const request = await requestFor("/master.m3u8");
    const job = await below(await below(request, "wait"), "job");
    expect(job.attributes).toMatchObject({ "seamline.job": `probe/${FILM}` });
    const programs = receiver.spans.filter(({ parentSpanId }) => parentSpanId === job.spanId);
    expect(programs.map(({ name }) => name)).toContain("ffprobe");
  });

  it("goes on from the one that the client is in", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const url = `${fleet.url}hls/${encodeURIComponent(FILM)}/${titleKey}/v240/index.m3u8?again`;
    await fetch(url, { headers: { traceparent } });
    await expect
      .poll(
        () => receiver.spans.find(({ traceId }) => traceId === "0af7651916cd43dd8448eb211c80319c"),
        SCRAPED_WITHIN,
      )
      .toMatchObject({ parentSpanId: "b7ad6b7169203331" });
  });

  it("is not begun by those who look on", async () => {
    await fetch(`${fleet.url}healthz`);
    expect(receiver.spans.filter(({ attributes }) => attributes["url.path"] === "/metrics")).toEqual([]);
  });
});

describe("the log", () => {
  it("has title, segment, worker and token in every line about a job, each event on one line", () => {
    const events = worker.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const done = events.filter(({ msg }) => msg === "job done");
    expect(done.length).toBeGreaterThan(3);
    for (const event of done)
      expect(event).toMatchObject({
        title: FILM,
        worker: "w1",
        job: expect.any(String),
        token: expect.any(Number),
      });
    expect(done.map(({ segment }) => segment)).toEqual(expect.arrayContaining(["v240/0", "a0/0-3"]));
  });
});

// The last, since it takes Redis away.
it("a scrape says that Redis is away, in time, and leaves out what can't be known", async () => {
  await fleet.redis.kill();
  await expect.poll(async () => (await scrapeWorker()).sum("seamline_redis_up"), SCRAPED_WITHIN).toBe(0);
  expect((await scrapeWorker()).sum("seamline_queue_jobs")).toBeUndefined();
});
