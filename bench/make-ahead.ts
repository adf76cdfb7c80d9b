import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatJob, type Job, jobId, segmentsJob } from "../shared/job.ts";
import type { JobRequest, LeaseStore } from "../shared/lease/lease-store.ts";
import { borderTime, segmentCount } from "../shared/media/timeline.ts";
import { planTitle, type Title, type VideoRendition } from "../shared/media/title.ts";
import { toNumber } from "../shared/rational.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { openSource } from "../worker/media-folder.ts";
import { probeSource } from "../worker/probe/probe-source.ts";
import type { BenchSource } from "./bench-source.ts";
import { connectTcp, startRedis } from "./redis-process.ts";
import type { ToolTimes } from "./run-tool.ts";
import { ROOT, type RunningProgram, startProgram } from "./running-program.ts";

/** Nobody waits for anything in this time. */
const DUE_IN_MS = 600_000;
const LAPSE_IN_MS = 3_600_000;
const POLL_MS = 50;
/** Each with one encode at a time. */
const WORKERS = 2;

export async function planFilm({ folder, name }: BenchSource): Promise<Title> {
  const options = { signal: new AbortController().signal, timeoutMs: 60_000 };
  const source = await probeSource(await openSource(folder, name), options);
  return planTitle(source, { segmentSeconds: 4 });
}

/**
 * Times of two workers and their encoders that make all segments of some renditions while nobody waits for any:
 * from the question for all of them at once to the last commit.
 */
export async function makeAhead(
  source: BenchSource,
  title: Title,
  renditions: readonly VideoRendition[],
): Promise<ToolTimes> {
  const redis = await startRedis();
  try {
    return await makeAheadThrough(redis.url, source, title, renditions);
  } finally {
    await redis.stop();
  }
}

async function makeAheadThrough(
  redisUrl: string,
  source: BenchSource,
  title: Title,
  renditions: readonly VideoRendition[],
): Promise<ToolTimes> {
  const storage = await mkdtemp(join(tmpdir(), "seamline-bench-"));
  const workers: RunningProgram[] = [];
  const connection = await connectTcp(redisUrl);
  const store = new RedisLeaseStore(connection);
  try {
    for (let count = 0; count < WORKERS; count++)
      workers.push(await startWorker(source.folder, storage, redisUrl));
    await finish(store, [request({ kind: "probe", path: source.name }, 0)]);
    const cpuBefore = await cpuSecondsOf(workers);
    const begun = performance.now();
    await finish(
      store,
      renditions.flatMap((rendition) => allSegments(title, rendition)),
    );
    const wallMs = performance.now() - begun;
    return { wallMs, cpuSeconds: (await cpuSecondsOf(workers)) - cpuBefore };
  } finally {
    await connection.close();
    await Promise.all(workers.map((worker) => worker.stop()));
    await rm(storage, { recursive: true, force: true });
  }
}

function startWorker(mediaDir: string, storage: string, redisUrl: string): Promise<RunningProgram> {
  const args = [`${ROOT}dist/cli/main.js`, "worker", mediaDir, "--storage-dir", storage];
  const env = { REDIS_URL: redisUrl, PORT: "0", HOST: "127.0.0.1", WORKER_CONCURRENCY: "1" };
  return startProgram(process.execPath, args, { ready: /^Seamline worker/, env });
}

async function cpuSecondsOf(workers: readonly RunningProgram[]): Promise<number> {
  const each = await Promise.all(workers.map((worker) => worker.cpuSeconds()));
  return each.reduce((sum, seconds) => sum + seconds, 0);
}

/** Asks for jobs, and waits until there is nothing left to do. */
async function finish(store: LeaseStore, requests: readonly JobRequest[]): Promise<void> {
  await store.request(requests);
  for (;;) {
    const { queued, leased, dead } = await store.stats();
    if (dead > 0) throw new Error(`${dead} of the bench's jobs could not be done`);
    if (queued + leased === 0) return;
    await sleep(POLL_MS);
  }
}

function allSegments(title: Title, rendition: VideoRendition): JobRequest[] {
  return Array.from({ length: segmentCount(rendition.timeline) }, (_, index) => {
    const startMs = Math.round(1000 * toNumber(borderTime(rendition.timeline, index)));
    return request(segmentsJob(title, rendition, index), DUE_IN_MS + startMs);
  });
}

function request(job: Job, dueInMs: number): JobRequest {
  return { id: jobId(job), payload: formatJob(job), dueInMs, lapseInMs: LAPSE_IN_MS, maxAttempts: 3 };
}
