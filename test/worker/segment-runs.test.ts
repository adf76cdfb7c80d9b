import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { jobId, type SegmentsJob, segmentsJob } from "../../shared/job.ts";
import type { Lease, LeaseStore } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { segmentSpan } from "../../shared/media/timeline.ts";
import { planTitle, type Title, type VideoRendition } from "../../shared/media/title.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { seal } from "../../shared/storage/seal.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";
import { encodeVideoSegment } from "../../worker/encode-video.ts";
import { openSource } from "../../worker/media-folder.ts";
import { PacketThreads } from "../../worker/original/packet-threads.ts";
import { probeSource } from "../../worker/probe/probe-source.ts";
import { mediaObject } from "../../worker/publish-fragment.ts";
import { resolveName } from "../../worker/remote/host-address.ts";
import { SegmentRuns } from "../../worker/segment-runs.ts";
import type { SourceFile } from "../../worker/source-file.ts";
import { TitleSource } from "../../worker/title-source.ts";
import { runWorker } from "../../worker/work-loop.ts";
import { damagedFootage, footage } from "../support/footage.ts";
import { noisyFilm } from "../support/noisy-film.ts";
import { childrenOf, programOf } from "../support/processes.ts";

const stay = new AbortController().signal;
let mediaDir: string;
let storageDir: string;
let store: RecordingStore;
let stopWorker = async () => {};

beforeAll(async () => {
  mediaDir = await mkdtemp(join(tmpdir(), "seamline-media-"));
  await copyFile(await footage("film-24000-1001-bframes"), join(mediaDir, "film.mp4"));
  await copyFile(await damagedFootage("corrupted-middle-mp4"), join(mediaDir, "damaged.mp4"));
  await noisyFilm(mediaDir);
});
afterAll(() => rm(mediaDir, { recursive: true, force: true }));
beforeEach(async () => {
  storageDir = await mkdtemp(join(tmpdir(), "seamline-storage-"));
  store = new RecordingStore();
});
afterEach(async () => {
  await stopWorker();
  await rm(storageDir, { recursive: true, force: true });
});

/** A store that lets tests see what was granted, and act on it before the worker does. */
class RecordingStore extends MemoryLeaseStore {
  readonly granted: (Lease & { readonly inRun: boolean })[] = [];
  readonly done: string[] = [];
  /** What each claim by name was granted. */
  readonly runs: string[][] = [];
  /** Called before the worker hears what is queued, the first time that it asks. */
  onStatus: (() => Promise<unknown>) | undefined;
  /** Called once the first run has been granted, before its worker hears of it. */
  onRun: ((followers: readonly Lease[]) => void) | undefined;

  override async claim(claim: Parameters<LeaseStore["claim"]>[0]): Promise<readonly Lease[]> {
    const leases = await super.claim(claim);
    const inRun = claim.following !== undefined;
    this.granted.push(...leases.map((lease) => ({ ...lease, inRun })));
    if (inRun) this.runs.push(leases.map(({ id }) => id));
    if (inRun && leases.length > 0) {
      const { onRun } = this;
      this.onRun = undefined;
      onRun?.(leases);
    }
    return leases;
  }

  override async status(ids: readonly string[]) {
    const statuses = await super.status(ids);
    const { onStatus } = this;
    // A job that is asked for again, long after it was done, is done again.
    this.onStatus = undefined;
    await onStatus?.();
    return statuses;
  }

  override async commit(...[hold, result]: Parameters<LeaseStore["commit"]>) {
    const outcome = await super.commit(hold, result);
    if (outcome === "committed") this.done.push(hold.id);
    return outcome;
  }

  runIds(): string[] {
    return this.granted.filter(({ inRun }) => inRun).map(({ id }) => id);
  }
}

const NO_HOSTS = { public: [], private: [] };

function startWorker(concurrency = 1): void {
  const stopping = new AbortController();
  const running = runWorker(
    {
      ...{ id: "w", mediaDir, store, storage: new FileStorage(storageDir), concurrency },
      sourceHosts: NO_HOSTS,
      ...{ leaseMs: 30_000, renewMs: 100, graceMs: 0, log: silentLog },
    },
    stopping.signal,
  );
  stopWorker = async () => {
    stopping.abort();
    await running;
  };
}

interface Film {
  readonly file: SourceFile;
  readonly title: Title;
  readonly rendition: VideoRendition;
  job(index: number): SegmentsJob;
  /** Asks for segments that will be needed much later. */
  expect(...indices: number[]): Promise<void>;
}

async function openFilm(name: string, rung: string): Promise<Film> {
  const file = await openSource(mediaDir, name);
  const source = await probeSource(file, { signal: stay, timeoutMs: 60_000 });
  const title = await planTitle(source, { segmentSeconds: 4 });
  const rendition = title.video.find(({ id }) => id === rung)!;
  const job = (index: number) => segmentsJob(title, rendition, index);
  return {
    ...{ file, title, rendition, job },
    async expect(...indices) {
      await store.request(indices.map((index) => ask(job(index), 100_000 + 4000 * index)));
    },
  };
}

function ask(job: SegmentsJob, dueInMs = 0) {
  return { id: jobId(job), payload: JSON.stringify(job), dueInMs, lapseInMs: 600_000, maxAttempts: 3 };
}

/** Every segment is in storage with the bytes that it has alone. */
async function expectLoneBytes({ file, title, rendition, job }: Film, ...indices: number[]): Promise<void> {
  const storage = new FileStorage(storageDir);
  for (const index of indices) {
    const name = mediaObject(job(index), index);
    const span = segmentSpan(rendition.timeline, index)!;
    const policy = { signal: stay, background: false };
    const { media } = await encodeVideoSegment(file.inputUrl, title.source, rendition, span, policy);
    const stored = await readAll((await storage.find(name))!);
    expect(Buffer.from(stored).equals(await seal(name, media)), `segment ${index}`).toBe(true);
  }
}

const idsOf = (film: Film, ...indices: number[]) => indices.map((index) => jobId(film.job(index)));

const haveEnded = (ids: readonly string[]) =>
  expect.poll(() => store.done.toSorted(), { timeout: 400_000 }).toEqual(ids.toSorted());

const allDone = (film: Film, ...indices: number[]) => haveEnded(idsOf(film, ...indices));

const encoders = async () => {
  const programs = await Promise.all((await childrenOf(process.pid)).map(programOf));
  return programs.filter((name) => name === "ffmpeg").length;
};

it("look-ahead segments that follow each other are one run, each committed by itself", async () => {
  const film = await openFilm("film.mp4", "v240");
  await film.expect(3, 4, 5, 6, 8);
  startWorker();
  await allDone(film, 3, 4, 5, 6, 8);
  expect(store.runIds()).toEqual([4, 5, 6].map((index) => jobId(film.job(index))));
  await expectLoneBytes(film, 3, 4, 5, 6, 8);
});

describe("the same segments of several rungs", () => {
  it("are one run, each committed by itself, with the bytes that it has alone", async () => {
    const [small, large] = [await openFilm("film.mp4", "v240"), await openFilm("film.mp4", "v480")];
    for (const film of [small, large]) await film.expect(3, 4, 5);
    startWorker();
    await haveEnded([...idsOf(small, 3, 4, 5), ...idsOf(large, 3, 4, 5)]);
    expect(store.runIds()).toEqual([...idsOf(small, 4, 5), ...idsOf(large, 3, 4, 5)]);
    expect(store.runs).toHaveLength(1);
    for (const film of [small, large]) await expectLoneBytes(film, 3, 4, 5);
  });

  it("are one run though two places were free for the first ones", async () => {
    const [small, large] = [await openFilm("film.mp4", "v240"), await openFilm("film.mp4", "v360")];
    for (const film of [small, large]) await film.expect(3, 4, 5);
    startWorker(2);
    await haveEnded([...idsOf(small, 3, 4, 5), ...idsOf(large, 3, 4, 5)]);
    expect(store.granted.filter(({ inRun }) => !inRun).map(({ id }) => id)).toEqual([
      ...idsOf(small, 3),
      ...idsOf(large, 3),
    ]);
    expect(store.runs).toHaveLength(1);
    for (const film of [small, large]) await expectLoneBytes(film, 3, 4, 5);
  });

  it("come into the run up to a gap, or to what somebody waits for", async () => {
    const films = await Promise.all(["v240", "v360", "v480"].map((rung) => openFilm("film.mp4", rung)));
    const [first, gap, awaited] = films as [Film, Film, Film];
    await first.expect(3, 4, 5, 6);
    await gap.expect(3, 5, 6);
    await awaited.expect(3, 4, 5, 6);
    // Between the look at the queue and the claim.
    store.onStatus = () => store.request([ask(awaited.job(5))]);
    startWorker();
    await haveEnded([...idsOf(first, 3, 4, 5, 6), ...idsOf(gap, 3, 5, 6), ...idsOf(awaited, 3, 4, 5, 6)]);
    const [run] = store.runs;
    expect(run).toEqual([...idsOf(first, 4, 5, 6), ...idsOf(gap, 3), ...idsOf(awaited, 3, 4)]);
  });

  it("are left by what somebody begins to wait for", async () => {
    const [small, large] = [await openFilm("film.mp4", "v360"), await openFilm("film.mp4", "v480")];
    for (const film of [small, large]) await film.expect(3, 4, 5);
    store.onRun = () => void setImmediate(() => void store.request([ask(small.job(4)), ask(large.job(5))]));
    startWorker();
    await haveEnded([...idsOf(small, 3, 4, 5), ...idsOf(large, 3, 4, 5)]);
    expect(store.done.slice(0, 2).sort()).toEqual([...idsOf(small, 4), ...idsOf(large, 5)].sort());
    await expectLoneBytes(small, 3, 4, 5);
    await expectLoneBytes(large, 3, 4, 5);
  });

  it("are not made together in a damaged film, once it is known to be that", async () => {
    const [small, large] = [await openFilm("damaged.mp4", "v240"), await openFilm("damaged.mp4", "v360")];
    for (const film of [small, large]) await film.expect(2, 3, 4);
    startWorker();
    const before = [...idsOf(small, 2, 3, 4), ...idsOf(large, 2, 3, 4)];
    await haveEnded(before);
    expect(store.runIds()).toHaveLength(5);
    for (const film of [small, large]) await expectLoneBytes(film, 2, 3, 4);
    for (const film of [small, large]) await film.expect(5);
    await haveEnded([...before, ...idsOf(small, 5), ...idsOf(large, 5)]);
    expect(store.runIds()).toHaveLength(5);
  });
});

it("what somebody waits for is never in a run, neither first nor behind others", async () => {
  const film = await openFilm("film.mp4", "v240");
  await film.expect(3, 4, 5, 6, 7);
  await store.request([ask(film.job(5))]);
  startWorker();
  await allDone(film, 3, 4, 5, 6, 7);
  expect(store.granted[0]).toMatchObject({ id: jobId(film.job(5)), awaited: true, inRun: false });
  expect(store.runIds()).toEqual([4, 7].map((index) => jobId(film.job(index))));
});

it("who begins to wait for a later segment of a run gets it before the run is over", async () => {
  const film = await openFilm("film.mp4", "v480");
  await film.expect(3, 4, 5, 6, 7, 8);
  store.onRun = () => void setImmediate(() => void store.request([ask(film.job(7))]));
  startWorker();
  await allDone(film, 3, 4, 5, 6, 7, 8);
  expect(store.done[0]).toBe(jobId(film.job(7)));
  await expectLoneBytes(film, 7, 8);
});

it("a job of a run whose lease is lost costs the others nothing", async () => {
  const film = await openFilm("film.mp4", "v240");
  await film.expect(3, 4, 5, 6);
  let stolen: Lease | undefined;
  store.onRun = ([first]) => {
    stolen = first;
    void store.release([first!]);
  };
  startWorker();
  await allDone(film, 3, 4, 5, 6);
  expect(stolen!.id).toBe(jobId(film.job(4)));
  const tokens = store.granted.filter(({ id }) => id === stolen!.id).map(({ token }) => token);
  expect(tokens).toHaveLength(2);
  // One attempt each: nothing failed.
  expect(store.granted.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
  await expectLoneBytes(film, 3, 4, 5, 6);
});

describe("when nobody wants a run's jobs any more,", () => {
  it("one is dropped, and the others are made", async () => {
    const film = await openFilm("film.mp4", "v240");
    await film.expect(3, 4, 5, 6);
    store.onRun = (followers) => void setImmediate(() => void store.cancel([followers[1]!.id]));
    startWorker();
    await allDone(film, 3, 4, 6);
    expect(await store.status([jobId(film.job(5))])).toEqual([{ kind: "unknown" }]);
    expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
  });

  it("all of them end the FFmpeg, and its place is free", async () => {
    const film = await openFilm("film.mp4", "v480");
    await film.expect(3, 4, 5, 6, 7, 8);
    startWorker();
    await expect.poll(encoders, { timeout: 120_000, interval: 10 }).toBe(1);
    await store.cancel([3, 4, 5, 6, 7, 8].map((index) => jobId(film.job(index))));
    await expect.poll(encoders, { timeout: 60_000, interval: 10 }).toBe(0);
    expect(store.done).toEqual([]);
    await film.expect(12);
    await allDone(film, 12);
  });
});

it("a worker that stops gives back all of a run, untried", async () => {
  const film = await openFilm("film.mp4", "v480");
  await film.expect(3, 4, 5, 6);
  startWorker();
  await expect.poll(encoders, { timeout: 120_000, interval: 10 }).toBe(1);
  await stopWorker();
  expect(await encoders()).toBe(0);
  expect(await store.stats()).toMatchObject({ queued: 4, leased: 0, dead: 0 });
  const leases = await store.claim({ worker: "other", sequence: 1, leaseMs: 1000, count: 9 });
  expect(leases.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});

it("segments that are too large in a run are made again, alone, until BANDWIDTH is true", async () => {
  const film = await openFilm("noisy.mp4", "v480");
  await film.expect(1, 2, 3, 4);
  startWorker();
  await allDone(film, 1, 2, 3, 4);
  expect(store.runIds()).toHaveLength(3);
  await expectLoneBytes(film, 1, 2, 3, 4);
});

it("segments of a damaged film have the bytes that they have alone, and no more runs", async () => {
  const film = await openFilm("damaged.mp4", "v240");
  await film.expect(2, 3, 4);
  startWorker();
  await allDone(film, 2, 3, 4);
  expect(store.runIds()).toHaveLength(2);
  await expectLoneBytes(film, 2, 3, 4);
  await film.expect(5, 6);
  await allDone(film, 2, 3, 4, 5, 6);
  expect(store.runIds()).toHaveLength(2);
});

it("a job that failed before takes no others along, nor does sound, nor what is needed at once", async () => {
  const { title, job } = await openFilm("film.mp4", "v240");
  const storage = new FileStorage(storageDir);
  const packets = new PacketThreads();
  const places = { mediaDir, remote: { hosts: NO_HOSTS, resolve: resolveName } };
  const titles = new TitleSource(places, storage, packets);
  const runs = new SegmentRuns({ titles, storage, packets }, silentLog);
  const lease = { token: 1, attempt: 1, awaited: false, dueInMs: 60_000 };
  const lengthOf = async (of: SegmentsJob, changes: Partial<Lease> = {}) => {
    const claimed = { ...lease, id: jobId(of), payload: JSON.stringify(of), ...changes };
    const proposal = await runs.startingWith(claimed, stay);
    return proposal?.choose(new Set()).flat().length ?? 0;
  };
  expect(await lengthOf(job(3))).toBe(6);
  expect(await lengthOf(job(3), { attempt: 2 })).toBe(0);
  expect(await lengthOf(job(3), { awaited: true, dueInMs: -1 })).toBe(0);
  expect(await lengthOf(job(3), { dueInMs: 1000 })).toBe(1);
  expect(await lengthOf(segmentsJob(title, title.audio[0]!, 4))).toBe(0);
});
