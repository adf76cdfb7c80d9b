import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { jobId, type SegmentsJob, segmentsJob } from "../../shared/job.ts";
import type { Announcement, JobRequest, Lease, LeaseStore } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { segmentCount } from "../../shared/media/timeline.ts";
import { planTitle, type Title } from "../../shared/media/title.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { untilAborted } from "../../shared/until-aborted.ts";
import { openSource } from "../../worker/media-folder.ts";
import { probeSource } from "../../worker/probe/probe-source.ts";
import { mediaObject } from "../../worker/publish-fragment.ts";
import { runWorker } from "../../worker/work-loop.ts";
import { footage } from "../support/footage.ts";

const stay = new AbortController().signal;
const FOR_GOOD_MS = 600_000;
let mediaDir: string;
let storageDir: string;
let store: WatchedStore;
let stopWorker = async () => {};

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "film.mp4"));
  await copyFile(await footage("video-only-mp4"), join(mediaDir, "other.mp4"));
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));
beforeEach(async () => {
  storageDir = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  store = new WatchedStore();
});
afterEach(async () => {
  await stopWorker();
  await rm(storageDir, { recursive: true, force: true });
});

/** A store that lets tests see what a worker asks for, act before it has the answer, and announce what they like. */
class WatchedStore extends MemoryLeaseStore {
  /** Jobs that were taken one by one, those that began a run included. */
  readonly taken: string[] = [];
  readonly done: string[] = [];
  readonly #hear: ((announcement: Announcement) => void)[] = [];
  onTake: (lease: Lease, take: number) => void = () => {};
  /** Claims to come that never arrive. */
  silences = 0;

  override async claim(...[claim, signal]: Parameters<LeaseStore["claim"]>): Promise<readonly Lease[]> {
    if (this.silences-- > 0) return untilAborted(new Promise(() => {}), signal!);
    const leases = await super.claim(claim);
    if (claim.following) return leases;
    for (const lease of leases) this.onTake(lease, this.taken.push(lease.id));
    return leases;
  }

  override async commit(...[hold, result]: Parameters<LeaseStore["commit"]>) {
    const outcome = await super.commit(hold, result);
    if (outcome === "committed") this.done.push(hold.id);
    return outcome;
  }

  override subscribe(listener: (announcement: Announcement) => void) {
    this.#hear.push(listener);
    return super.subscribe(listener);
  }

  announce(...ids: string[]): void {
    for (const hear of this.#hear) for (const id of ids) hear({ kind: "straggling", id });
  }
}

function startWorker(concurrency: number, leaseMs = 30_000): void {
  const stopping = new AbortController();
  const running = runWorker(
    {
      ...{ id: "w", mediaDir, store, storage: new FileStorage(storageDir), concurrency },
      sourceHosts: { public: [], private: [] },
      ...{ leaseMs, renewMs: leaseMs / 3, graceMs: 0, log: silentLog },
    },
    stopping.signal,
  );
  stopWorker = async () => {
    stopping.abort();
    await running;
  };
}

async function openTitle(name: string, segmentSeconds = 4): Promise<Title> {
  const source = await probeSource(await openSource(mediaDir, name), { signal: stay, timeoutMs: 60_000 });
  return planTitle(source, { segmentSeconds });
}

async function aSegment(): Promise<SegmentsJob> {
  const title = await openTitle("other.mp4");
  return segmentsJob(title, title.video[0]!, 0);
}

function ask(job: SegmentsJob, dueInMs: number): JobRequest {
  const lapseInMs = FOR_GOOD_MS;
  return { id: jobId(job), payload: JSON.stringify(job), dueInMs, lapseInMs, maxAttempts: 3 };
}

it("a whole title that is made ahead keeps neither another viewer's seek nor a nearer look-ahead from being next", async () => {
  const whole = await openTitle("film.mp4", 1);
  const ahead = whole.video.flatMap((rendition) =>
    Array.from({ length: segmentCount(rendition.timeline) }, (_, index) =>
      ask(segmentsJob(whole, rendition, index), 30_000 + 1000 * index),
    ),
  );
  expect(ahead.length).toBeGreaterThan(150);
  await store.request(ahead);
  let doneBefore: readonly string[] = [""];
  const other = await openTitle("other.mp4");
  const [near, sought] = [0, 1].map((index) => segmentsJob(other, other.video[0]!, index)) as [
    SegmentsJob,
    SegmentsJob,
  ];
  store.onTake = (_, take) => {
    if (take === 1) void store.request([ask(near, 20_000), ask(sought, 0)]);
    // The seek: it has not waited for what had been begun.
    if (take === 2) doneBefore = [...store.done];
  };
  startWorker(1);
  await expect.poll(() => store.done, { timeout: 400_000 }).toContain(jobId(near));
  expect(ahead.map(({ id }) => id)).toContain(store.taken[0]);
  expect(store.taken.slice(1, 3)).toEqual([jobId(sought), jobId(near)]);
  expect(doneBefore).toEqual([]);
  expect(store.done.indexOf(jobId(sought))).toBeLessThan(store.done.indexOf(jobId(near)));
});

it("a worker that nobody answered for longer than a lease keeps the first one that it is granted after that", async () => {
  const job = await aSegment();
  await store.request([{ ...ask(job, 0), maxAttempts: 1 }]);
  store.silences = 1;
  startWorker(1, 9000);
  await expect.poll(() => store.done, { timeout: 400_000 }).toEqual([jobId(job)]);
  expect(store.taken).toEqual([jobId(job)]);
});

describe("what straggles elsewhere", () => {
  it.each([
    { case: "a worker without a free place", concurrency: 1, straggles: () => "title/v240/1+1" },
    { case: "the one that has it", concurrency: 2, straggles: ({ id }: Lease) => id },
  ])("is no business of $case", async ({ concurrency, straggles }) => {
    const seconds = vi.spyOn(store, "claimSecond");
    const job = await aSegment();
    await store.request([ask(job, 0)]);
    // Once the worker has its answer.
    store.onTake = (lease) => void setImmediate(() => store.announce(straggles(lease)));
    startWorker(concurrency);
    await expect.poll(() => store.done, { timeout: 400_000 }).toEqual([jobId(job)]);
    expect(seconds).not.toHaveBeenCalled();
  });

  it("is asked for once by a worker that has free places, and done", async () => {
    const seconds = vi.spyOn(store, "claimSecond");
    const job = await aSegment();
    const id = jobId(job);
    await store.request([ask(job, 0)]);
    const [first] = await store.claim({ worker: "slow", sequence: 1, leaseMs: FOR_GOOD_MS, count: 1 });
    startWorker(3);
    store.announce(id, id);
    await expect.poll(() => store.done, { timeout: 400_000 }).toEqual([id]);
    expect(seconds).toHaveBeenCalledTimes(1);
    expect(await store.commit(first!, { meta: "", retainMs: 1000 })).toBe("stale");
    expect(await new FileStorage(storageDir).find(mediaObject(job, 0))).toBeDefined();
  });
});
