import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JobDesk } from "../../orchestrator/job-desk.ts";
import { Problem } from "../../orchestrator/problem.ts";
import { FaultError } from "../../shared/fault.ts";
import { type Job, jobId } from "../../shared/job.ts";
import type { Announcement, JobRequest, Lease, LeaseStore } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";

const JOB: Job = { kind: "probe", path: "a.mp4" };
const OTHER: Job = { kind: "probe", path: "b.mp4" };
const ID = jobId(JOB);
const WAIT_MS = 20_000;

describe("the job desk", () => {
  let store: MemoryLeaseStore;
  let desk: JobDesk;
  let leaver: AbortController;
  let sequence = 0;

  beforeEach(() => {
    store = new MemoryLeaseStore();
    desk = new JobDesk(store, WAIT_MS, silentLog);
    leaver = new AbortController();
  });
  afterEach(() => desk.close(new Error("the test is over")));

  const claim = (from: LeaseStore = store) => {
    sequence += 1;
    return from.claim({ worker: "w", sequence, leaseMs: 60_000, count: 1 });
  };
  /** Waits until a worker can have the job. */
  const claimed = () =>
    vi.waitFor(async () => {
      const [lease] = await claim();
      expect(lease).toBeDefined();
      return lease as Lease;
    }, 30_000);
  const commit = (lease: Lease, meta = "result") => store.commit(lease, { meta, retainMs: 60_000 });
  const stay = new AbortController().signal;

  it("has a job done and gives what its worker reported", async () => {
    const waiting = desk.wait(JOB, stay);
    const lease = await claimed();
    expect(lease).toMatchObject({ id: ID, payload: JSON.stringify(JOB), awaited: true });
    await commit(lease);
    expect((await waiting).meta).toBe("result");
  });

  it("makes one request of any number of waiters", async () => {
    const requests = vi.spyOn(store, "request");
    const waiting = Array.from({ length: 20 }, () => desk.wait(JOB, stay));
    const lease = await claimed();
    expect(await claim()).toEqual([]);
    await commit(lease);
    expect((await Promise.all(waiting)).map(({ meta }) => meta)).toEqual(Array(20).fill("result"));
    // One to ask, one to hear the result.
    expect(requests.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it("keeps the job while one of two waiters stays", async () => {
    const first = desk.wait(JOB, leaver.signal);
    const second = desk.wait(JOB, stay);
    const lease = await claimed();
    leaver.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    expect(await store.renew([lease], 60_000)).toEqual(["renewed"]);
    await commit(lease);
    expect((await second).meta).toBe("result");
  });

  it("cancels the job when the last waiter leaves, queued or leased", async () => {
    const waiting = desk.wait(JOB, leaver.signal);
    const lease = await claimed();
    const queued = desk.wait(OTHER, leaver.signal);
    await vi.waitFor(async () => expect((await store.stats()).queued).toBe(1), 30_000);
    leaver.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
    await expect(queued).rejects.toThrow("left");
    await vi.waitFor(async () => expect(await store.renew([lease], 60_000)).toEqual(["cancelled"]));
    expect((await store.stats()).queued).toBe(0);
  });

  it("takes in a waiter who comes back at once", async () => {
    const left = desk.wait(JOB, leaver.signal);
    const lease = await claimed();
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const back = desk.wait(JOB, stay);
    await vi.waitFor(async () => expect(await store.renew([lease], 60_000)).toEqual(["renewed"]));
    await commit(lease);
    expect((await back).meta).toBe("result");
  });

  it("asks for nothing for a waiter who has left already", async () => {
    await expect(desk.wait(JOB, AbortSignal.abort(new Error("left")))).rejects.toThrow("left");
    expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
  });

  it("throws the fault of a job that is dead", async () => {
    const waiting = desk.wait(JOB, stay);
    const failure = {
      reason: "source-damaged: “a.mp4” is damaged.",
      permanent: true,
      backoffMs: 0,
      retainMs: 60_000,
    };
    await store.fail(await claimed(), failure);
    const fault = await waiting.catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(FaultError);
    expect(fault).toMatchObject({ code: "source-damaged", message: "“a.mp4” is damaged." });
    await expect(desk.wait(JOB, stay)).rejects.toMatchObject({ code: "source-damaged" });
  });

  it("takes an announcement for an answer, and has done once more what is forgotten when it is asked", async () => {
    const first = desk.wait(JOB, stay);
    await store.commit(await claimed(), { meta: "one", retainMs: 0 });
    expect((await first).meta).toBe("one");
    const second = desk.wait(JOB, stay);
    await commit(await claimed(), "two");
    expect((await second).meta).toBe("two");
    expect((await desk.wait(JOB, stay)).meta).toBe("two");
  });

  it("has a job done once more where its result is gone, for all who wait meanwhile", async () => {
    const first = desk.wait(JOB, stay);
    await commit(await claimed(), "one");
    const { token } = await first;
    const [again, meanwhile] = [desk.wait(JOB, stay, token), desk.wait(JOB, stay)];
    const lease = await claimed();
    expect(lease.token).toBeGreaterThan(token);
    await commit(lease, "two");
    expect(await Promise.all([again, meanwhile])).toEqual(Array(2).fill({ ...(await again), meta: "two" }));
    // Whoever finds out late gets what has been done since.
    expect(await desk.wait(JOB, stay, token)).toMatchObject({ meta: "two", token: lease.token });
  });

  it("finds out by asking where the announcement was lost", async () => {
    const quiet = new JobDesk(withoutAnnouncements(store), WAIT_MS, silentLog);
    const waiting = quiet.wait(JOB, stay);
    await commit(await claimed());
    expect((await waiting).meta).toBe("result");
    quiet.close(new Error("over"));
  });

  it("asks again while it waits, so that the job does not lapse", async () => {
    const requests: JobRequest[] = [];
    const counting: LeaseStore = Object.assign(bound(store), {
      request(jobs: readonly JobRequest[]) {
        requests.push(...jobs);
        return store.request(jobs);
      },
    });
    const waiting = new JobDesk(counting, WAIT_MS, silentLog).wait(JOB, leaver.signal);
    await vi.waitFor(() => expect(requests.length).toBeGreaterThanOrEqual(3), 30_000);
    expect(new Set(requests.map(({ id }) => id))).toEqual(new Set([ID]));
    expect(Math.min(...requests.map(({ lapseInMs }) => lapseInMs))).toBeGreaterThan(2000);
    leaver.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
  });

  it("gives the store's error to all who wait, and starts anew for the next", async () => {
    let isAway = true;
    const flaky: LeaseStore = Object.assign(bound(store), {
      request: (jobs: readonly JobRequest[]) =>
        isAway ? Promise.reject(new Error("the store is away")) : store.request(jobs),
    });
    const other = new JobDesk(flaky, WAIT_MS, silentLog);
    const both = await Promise.allSettled([other.wait(JOB, stay), other.wait(JOB, stay)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isAway = false;
    const waiting = other.wait(JOB, stay);
    await commit(await claimed());
    expect((await waiting).meta).toBe("result");
    other.close(new Error("over"));
  });

  it("hears of the job again after a waiter left while the store was slow to answer", async () => {
    const answers: (() => void)[] = [];
    const slow: LeaseStore = Object.assign(bound(store), {
      async request(jobs: readonly JobRequest[]) {
        if (answers.length === 0) await new Promise<void>((resolve) => answers.push(resolve));
        return store.request(jobs);
      },
    });
    const other = new JobDesk(slow, WAIT_MS, silentLog);
    const left = other.wait(JOB, leaver.signal);
    await vi.waitFor(() => expect(answers).toHaveLength(1), 30_000);
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const back = other.wait(JOB, stay);
    const lease = await claimed();
    answers[0]!();
    // The first order is over once the store has had its request too.
    await vi.waitFor(async () => expect(await store.status([ID])).toEqual([{ kind: "leased" }]), 30_000);
    await new Promise((resolve) => setImmediate(resolve));
    const begun = performance.now();
    await commit(lease);
    expect((await back).meta).toBe("result");
    expect(performance.now() - begun).toBeLessThan(700);
    other.close(new Error("over"));
  });

  it("tells a waiter whose time is up to ask again", async () => {
    const hasty = new JobDesk(store, 100, silentLog);
    const problem = await hasty.wait(JOB, stay).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ status: 503, code: "segment-overdue" });
    hasty.close(new Error("over"));
  });

  it("has it told that a job straggles which one worker has had for long", async () => {
    let ahead = 0;
    store = new MemoryLeaseStore(() => performance.now() + ahead);
    desk = new JobDesk(store, WAIT_MS, silentLog);
    const heard: Announcement[] = [];
    store.subscribe((announcement) => heard.push(announcement));
    const waiting = desk.wait(JOB, stay);
    const lease = await claimed();
    ahead = 10_000;
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: "straggling", id: ID }), 30_000);
    await commit(lease);
    await waiting;
  });

  it("lets a worker finish what took longer than a waiter's time, so that asking again helps", async () => {
    const hasty = new JobDesk(store, 300, silentLog);
    const waiting = hasty.wait(JOB, stay);
    const lease = await claimed();
    await expect(waiting).rejects.toMatchObject({ status: 503 });
    expect(await store.renew([lease], 60_000)).toEqual(["renewed"]);
    await commit(lease);
    expect((await hasty.wait(JOB, stay)).meta).toBe("result");
    hasty.close(new Error("over"));
  });

  it("lets a picture wait a little behind what somebody watches", async () => {
    const title = { path: "a.mp4", fingerprint: "f", titleKey: "k", segmentSeconds: 4 };
    const poster: Job = { kind: "asset", ...title, asset: "poster.jpg" };
    const cues: Job = { kind: "asset", ...title, asset: "s0/cues.vtt" };
    const asked: JobRequest[] = [];
    const inner = store.request.bind(store);
    store.request = (jobs) => {
      asked.push(...jobs);
      return inner(jobs);
    };
    const waiting = [desk.wait(poster, stay), desk.wait(cues, stay)];
    await vi.waitFor(() => expect(asked).toHaveLength(2), 30_000);
    const due = new Map(asked.map(({ id, dueInMs }) => [id, dueInMs]));
    expect(due.get(jobId(cues))).toBe(0);
    expect(due.get(jobId(poster))).toBeGreaterThan(1000);
    desk.close(new Error("over"));
    await Promise.allSettled(waiting);
  });

  it("knows how long a segment took from the last job of its rendition that was waited for", async () => {
    const rendition = { titleKey: "t", rendition: "a0" };
    const job: Job = {
      ...{ kind: "segments", path: "a.mp4", fingerprint: "f", segmentSeconds: 4 },
      ...{ ...rendition, first: 4, count: 4 },
    };
    expect(desk.encodeMsOf(rendition)).toBeUndefined();
    const waiting = desk.wait(job, stay);
    await commit(await claimed(), "6000");
    await waiting;
    expect(desk.encodeMsOf(rendition)).toBe(1500);
    expect(desk.encodeMsOf({ ...rendition, rendition: "v240" })).toBeUndefined();
  });

  it("asks for what will be needed with the deadlines it is told", async () => {
    await desk.lookAhead([
      { job: OTHER, dueInMs: 8000 },
      { job: JOB, dueInMs: 4000 },
    ]);
    expect(await store.claim({ worker: "x", sequence: 1, leaseMs: 1000, count: 9, dueWithinMs: 0 })).toEqual(
      [],
    );
    const leases = await store.claim({ worker: "x", sequence: 2, leaseMs: 1000, count: 9 });
    expect(leases.map(({ id, awaited }) => [id, awaited])).toEqual([
      [jobId(JOB), false],
      [jobId(OTHER), false],
    ]);
  });

  it("listens to the store from its first order on, and no more once it is closed", async () => {
    let listeners = 0;
    const counting: LeaseStore = Object.assign(bound(store), {
      subscribe(listener: (announcement: Announcement) => void) {
        const unsubscribe = store.subscribe(listener);
        listeners += 1;
        return () => {
          listeners -= 1;
          unsubscribe();
        };
      },
    });
    const other = new JobDesk(counting, WAIT_MS, silentLog);
    await other.lookAhead([{ job: OTHER, dueInMs: 4000 }]);
    expect(listeners).toBe(0);
    const waiting = [other.wait(JOB, stay), other.wait(OTHER, stay)];
    await claimed();
    expect(listeners).toBe(1);
    other.close(new Error("over"));
    expect(listeners).toBe(0);
    await Promise.allSettled(waiting);
    await expect(other.wait(JOB, stay)).rejects.toThrow("over");
    expect(listeners).toBe(0);
  });

  it("asks at once when it begins to hear: the announcement may have come before", async () => {
    let connect = () => {};
    const deaf: LeaseStore = Object.assign(bound(store), {
      subscribe(listener: (announcement: Announcement) => void) {
        connect = () => listener({ kind: "connected" });
        return () => {};
      },
    });
    const other = new JobDesk(deaf, WAIT_MS, silentLog);
    const waiting = other.wait(JOB, stay);
    await commit(await claimed());
    const begun = performance.now();
    connect();
    expect(await waiting).toMatchObject({ meta: "result" });
    // It would have asked by itself a second after it began.
    expect(performance.now() - begun).toBeLessThan(700);
    other.close(new Error("over"));
  });

  it("answers everybody when it closes", async () => {
    const waiting = [desk.wait(JOB, stay), desk.wait(OTHER, stay)];
    await claimed();
    desk.close(new Error("stopping"));
    for (const promise of waiting) await expect(promise).rejects.toThrow("stopping");
  });
});

/** The store's methods, bound to it: a base for a store that differs in one. */
function bound(store: LeaseStore): LeaseStore {
  return {
    request: store.request.bind(store),
    claim: store.claim.bind(store),
    claimSecond: store.claimSecond.bind(store),
    renew: store.renew.bind(store),
    commit: store.commit.bind(store),
    fail: store.fail.bind(store),
    release: store.release.bind(store),
    cancel: store.cancel.bind(store),
    status: store.status.bind(store),
    stats: store.stats.bind(store),
    overview: store.overview.bind(store),
    subscribe: store.subscribe.bind(store),
  };
}

/** A store whose announcements never arrive, as when Redis drops a subscription. */
function withoutAnnouncements(store: LeaseStore): LeaseStore {
  return { ...bound(store), subscribe: () => () => {} };
}
