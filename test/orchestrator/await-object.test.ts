import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awaitObject } from "../../orchestrator/await-object.ts";
import { JobDesk } from "../../orchestrator/job-desk.ts";
import type { Job } from "../../shared/job.ts";
import type { Lease } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { FileStorage } from "../../shared/node/file-storage.ts";
import { readAll } from "../../shared/storage/segment-storage.ts";

const JOB: Job = { kind: "probe", path: "a.mp4" };
const NAME = "titles/ab/key/v/1.m4s";

describe("an awaited object", () => {
  let folder: string;
  let store: MemoryLeaseStore;
  let storage: FileStorage;
  let desk: JobDesk;
  let sequence = 0;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "seamline-await-"));
    store = new MemoryLeaseStore();
    storage = new FileStorage(folder);
    desk = new JobDesk(store, 20_000, silentLog);
  });
  afterEach(async () => {
    desk.close(new Error("the test is over"));
    await rm(folder, { recursive: true, force: true });
  });

  const awaited = (fileWaitMs: number) =>
    awaitObject(NAME, async () => JOB, { storage, desk, fileWaitMs }, AbortSignal.timeout(20_000));
  const claimed = () =>
    vi.waitFor(async () => {
      sequence += 1;
      const [lease] = await store.claim({ worker: "w", sequence, leaseMs: 60_000, count: 1 });
      expect(lease).toBeDefined();
      return lease as Lease;
    }, 10_000);
  const commit = (lease: Lease) => store.commit(lease, { meta: "", retainMs: 60_000 });
  const publish = (text: string) => new FileStorage(folder).publish(NAME, new TextEncoder().encode(text));
  const textOf = async (object: ReturnType<typeof awaitObject>) =>
    new TextDecoder().decode(await readAll(await object));

  it("is made when storage has it not, and is not asked for when it has", async () => {
    const object = awaited(1000);
    const lease = await claimed();
    await publish("made");
    await commit(lease);
    expect(await textOf(object)).toBe("made");
    await store.request([{ id: "other", payload: "", dueInMs: 0, lapseInMs: 60_000, maxAttempts: 1 }]);
    expect(await textOf(awaited(1000))).toBe("made");
    expect(await store.stats()).toMatchObject({ queued: 1, leased: 0 });
  });

  it("may show up late: the announcement is faster than a listing", async () => {
    const object = awaited(10_000);
    await commit(await claimed());
    await publish("late");
    expect(await textOf(object)).toBe("late");
    expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
  });

  it("that was done but is gone is made again", async () => {
    const before = awaited(1000);
    const lease = await claimed();
    await publish("first");
    await commit(lease);
    expect(await textOf(before)).toBe("first");
    await rm(join(folder, "titles"), { recursive: true });
    const object = awaited(100);
    const again = await claimed();
    await publish("second");
    await commit(again);
    expect(await textOf(object)).toBe("second");
  });

  it("that is gone again is overdue, not made for ever", async () => {
    const object = awaited(50);
    await commit(await claimed());
    await commit(await claimed());
    await expect(object).rejects.toMatchObject({ status: 503, code: "segment-overdue" });
    expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
  });
});
