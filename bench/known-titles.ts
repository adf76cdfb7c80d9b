import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseJob } from "../shared/job.ts";
import type { Lease, LeaseStore } from "../shared/lease/lease-store.ts";
import type { SourceInfo } from "../shared/media/source-info.ts";
import { rational } from "../shared/rational.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { sourceInfoObject } from "../shared/storage/object-name.ts";
import { seal } from "../shared/storage/seal.ts";
import { exampleAudio, exampleSource, exampleVideo } from "../test/shared/media/example-source.ts";
import type { Extent, Figure } from "./figure.ts";
import { connectTcp, startRedis } from "./redis-process.ts";
import { mediaPlaylistUrl, type SeamlineProcess, startSeamline } from "./seamline-process.ts";

const VIEWERS = 16;
/** A limit to what V8 keeps before it looks for garbage, old and new, as for a small container. */
const HEAP_LIMIT = "--max-old-space-size=64 --max-semi-space-size=4";

/** What an orchestrator has in memory once so many films of two hours were opened, playlists and all. */
export async function knownTitlesFigures({ smoke }: Extent): Promise<Figure[]> {
  const titles = smoke ? 30 : 10_000;
  const figure = async (name: string, env: Readonly<Record<string, string>>): Promise<Figure> => ({
    name: `orchestrator that knows 10,000 titles, ${name}`,
    unit: "MB",
    ours: [(await residentBytes(titles, env)) / 1e6],
    target: 200,
    anchorName: "resident memory, 1,800 segments each",
  });
  return [await figure("heap bounded", { NODE_OPTIONS: HEAP_LIMIT }), await figure("heap as it comes", {})];
}

async function residentBytes(titles: number, env: Readonly<Record<string, string>>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "seamline-titles-"));
  const redis = await startRedis();
  const connection = await connectTcp(redis.url);
  const stop = new AbortController();
  const prober = probeForAll(new RedisLeaseStore(connection, { audience: "workers" }), folder, stop.signal);
  try {
    const fleet = { REDIS_URL: redis.url, FALLBACK_TO_LOCAL: "false", REDIS_TIMEOUT_MS: "10000" };
    const server = await startSeamline(folder, { storageDir: folder, env: { ...fleet, ...env } });
    try {
      await openAll(server, titles);
      return await server.residentBytes();
    } finally {
      await server.stop();
    }
  } finally {
    stop.abort();
    await prober;
    await connection.close();
    await redis.stop();
    await rm(folder, { recursive: true });
  }
}

/** As so many viewers do that open one film after the other. */
async function openAll(server: SeamlineProcess, titles: number): Promise<void> {
  let next = 0;
  const viewer = async () => {
    while (next < titles) {
      const playlist = await fetch(await mediaPlaylistUrl(server, `film ${next++}.mkv`, "v720"));
      const text = await playlist.text();
      if (!text.includes("\n1799.m4s\n"))
        throw new Error(`no playlist of 1,800 segments: ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: VIEWERS }, viewer));
}

/** Answers what is asked about films that are not there, as a worker does. */
async function probeForAll(store: LeaseStore, folder: string, signal: AbortSignal): Promise<void> {
  let sequence = 0;
  let wake = () => {};
  const unsubscribe = store.subscribe(({ kind }) => {
    if (kind === "queued" || kind === "connected") wake();
  });
  while (!signal.aborted) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, 50);
    });
    sequence += 1;
    const leases = await store
      .claim({ worker: "prober", sequence, leaseMs: 60_000, count: VIEWERS })
      .catch(() => []);
    await Promise.all(leases.map((lease) => describe(lease, store, folder)));
    if (leases.length === 0) await woken;
  }
  unsubscribe();
}

async function describe(lease: Lease, store: LeaseStore, folder: string): Promise<void> {
  const { path } = parseJob(lease.payload);
  const source = twoHours(path);
  const name = sourceInfoObject(source.fingerprint);
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await seal(name, new TextEncoder().encode(JSON.stringify(source))));
  await store.commit(lease, { meta: source.fingerprint, retainMs: 2000 });
}

/** A film of 1,800 segments with two sound tracks. */
function twoHours(path: string): SourceInfo {
  const end = rational(7192);
  const track = { codec: "ac3", channels: 6, end, tick: rational(1, 1000) };
  return exampleSource({
    path,
    fingerprint: createHash("sha256").update(path).digest("hex").slice(0, 32),
    format: "matroska,webm",
    video: exampleVideo({ baseRate: rational(24), averageRate: rational(24), end }),
    audio: [
      exampleAudio({ ...track, language: "eng" }),
      exampleAudio({ ...track, streamIndex: 2, language: "fra", isDefault: false }),
    ],
  });
}
