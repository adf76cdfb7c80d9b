import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatJob, type Job, jobId, segmentsJob } from "../shared/job.ts";
import type { JobRequest } from "../shared/lease/lease-store.ts";
import type { Rung } from "../shared/media/ladder.ts";
import { borderTime, segmentCount } from "../shared/media/timeline.ts";
import { planTitle, type Title, type VideoRendition } from "../shared/media/title.ts";
import { toNumber } from "../shared/rational.ts";
import { RedisLeaseStore } from "../shared/redis/redis-lease-store.ts";
import { openSource } from "../worker/media-folder.ts";
import { probeSource } from "../worker/probe/probe-source.ts";
import { type BenchSource, benchSource } from "./bench-source.ts";
import { type Extent, type Figure, interleave } from "./figure.ts";
import { connectTcp, startRedis } from "./redis-process.ts";
import { runTool } from "./run-tool.ts";
import { ROOT, startProgram } from "./running-program.ts";

/** Nobody waits for anything in this time. */
const DUE_IN_MS = 600_000;
const LAPSE_IN_MS = 3_600_000;
const POLL_MS = 100;

/** CPU of a worker and its encoders while it makes all of a title ahead, against one whole-file FFmpeg a rung. */
export async function rungsFigures({ smoke }: Extent): Promise<Figure[]> {
  const source = await benchSource(smoke);
  const title = await planFilm(source);
  const renditions = smoke ? title.video.slice(0, 2) : title.video;
  const values = await interleave(smoke ? 1 : 3, {
    ours: () => makeAhead(source, title, renditions),
    anchor: async () => {
      let cpuSeconds = 0;
      for (const { rung } of renditions)
        cpuSeconds += (await runTool("ffmpeg", wholeRungArgs(source.path, rung))).cpuSeconds;
      return cpuSeconds;
    },
  });
  return [
    {
      name: "CPU of all rungs of a title, pre-encoded",
      unit: "s CPU",
      ...values,
      target: 0.8,
      anchorName: "one ffmpeg a rung for the whole file, the same settings",
    },
  ];
}

async function planFilm({ folder, name }: BenchSource): Promise<Title> {
  const options = { signal: new AbortController().signal, timeoutMs: 60_000 };
  const source = await probeSource(await openSource(folder, name), options);
  return planTitle(source, { segmentSeconds: 4 });
}

/** Asks for all segments of some rungs at once, and waits until there is nothing left to make. */
async function makeAhead(
  source: BenchSource,
  title: Title,
  renditions: readonly VideoRendition[],
): Promise<number> {
  const redis = await startRedis();
  const storage = await mkdtemp(join(tmpdir(), "seamline-bench-"));
  const args = [`${ROOT}dist/cli/main.js`, "worker", source.folder, "--storage-dir", storage];
  const env = { REDIS_URL: redis.url, PORT: "0", HOST: "127.0.0.1" };
  const worker = await startProgram(process.execPath, args, { ready: /^Seamline worker/, env });
  const connection = await connectTcp(redis.url);
  const store = new RedisLeaseStore(connection);
  const finish = async (requests: readonly JobRequest[]) => {
    await store.request(requests);
    for (;;) {
      const { queued, leased, dead } = await store.stats();
      if (dead > 0) throw new Error(`${dead} of the bench's segments could not be made`);
      if (queued + leased === 0) return;
      await sleep(POLL_MS);
    }
  };
  try {
    await finish([request({ kind: "probe", path: source.name }, 0)]);
    const before = await worker.cpuSeconds();
    await finish(renditions.flatMap((rendition) => allSegments(title, rendition)));
    return (await worker.cpuSeconds()) - before;
  } finally {
    await connection.close();
    await worker.stop();
    await redis.stop();
    await rm(storage, { recursive: true, force: true });
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

/** What one would type to make a rung of a film as fragmented MP4. */
function wholeRungArgs(source: string, { width, height, level }: Rung): string[] {
  const scale = `scale=${width}:${height}:flags=bicubic+accurate_rnd+bitexact+full_chroma_int`;
  const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"];
  const pinned = ["-level:v", (level / 10).toFixed(1), "-threads:v", "2", "-bf", "3"];
  const muxer = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1"];
  const picture = ["-vf", `${scale},format=yuv420p`, "-an", "-sn"];
  return ["-nostdin", "-v", "error", "-i", source, ...picture, ...encoder, ...pinned, ...muxer];
}
