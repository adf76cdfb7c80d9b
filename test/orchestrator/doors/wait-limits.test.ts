import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Waiting, WaitLimits } from "../../../orchestrator/doors/wait-limits.ts";
import { JobDesk } from "../../../orchestrator/job-desk.ts";
import type { Job } from "../../../shared/job.ts";
import { MemoryLeaseStore } from "../../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../../shared/log.ts";

const job = (path: string): Job => ({ kind: "probe", path });

describe("limits of waits", () => {
  let store: MemoryLeaseStore;
  let desk: JobDesk;
  let limits: WaitLimits;
  let leaver: AbortController;
  let open: Promise<unknown>[];

  beforeEach(() => {
    store = new MemoryLeaseStore();
    desk = new JobDesk(store, 20_000, silentLog);
    limits = new WaitLimits(5, 2);
    leaver = new AbortController();
    open = [];
  });
  afterEach(() => desk.close(new Error("the test is over")));

  /** Has a client wait for a job that nobody does: "waits", or what it is refused with. */
  const wait = async (client: string, path = "a.mp4") => {
    let reached = false;
    const counted: Waiting = {
      wait(...args) {
        reached = true;
        return desk.wait(...args);
      },
    };
    const outcome = limits.at(counted, () => client).wait(job(path), leaver.signal);
    const settled = outcome.catch(({ status, code, retryAfterSeconds }) => ({
      status,
      code,
      retryAfterSeconds,
    }));
    open.push(settled);
    return reached ? "waits" : settled;
  };
  /** All who wait leave. */
  const leave = async () => {
    leaver.abort(new Error("left"));
    await Promise.all(open.splice(0));
    leaver = new AbortController();
  };
  const refusedClient = { status: 429, code: "too-many-waits", retryAfterSeconds: 2 };
  const refusedAll = { status: 503, code: "server-busy", retryAfterSeconds: 2 };

  it("hold for each client, also where all wait for the same", async () => {
    expect(await wait("anna")).toBe("waits");
    expect(await wait("anna", "b.mp4")).toBe("waits");
    expect(await wait("anna")).toEqual(refusedClient);
    expect(await wait("bert")).toBe("waits");
  });

  it("hold for all together", async () => {
    for (const client of ["1", "2", "3", "4", "5"]) expect(await wait(client)).toBe("waits");
    expect(await wait("6")).toEqual(refusedAll);
  });

  it("refuse before any work is queued", async () => {
    for (const path of ["a.mp4", "b.mp4", "c.mp4"]) await wait("anna", path);
    await expect.poll(async () => (await store.stats()).queued).toBe(2);
    await leave();
    expect(await wait("anna", "c.mp4")).toBe("waits");
  });

  it("are free again when a wait ends, however it ends", async () => {
    await wait("anna");
    await wait("anna", "b.mp4");
    await leave();
    expect(await wait("anna")).toBe("waits");
    expect(await wait("anna", "b.mp4")).toBe("waits");
    const leases = await store.claim({ worker: "w", sequence: 1, leaseMs: 60_000, count: 2 });
    expect(leases).toHaveLength(2);
    for (const lease of leases) await store.commit(lease, { meta: "", retainMs: 60_000 });
    await Promise.all(open);
    expect(await wait("anna", "c.mp4")).toBe("waits");
  });

  it("keep no memory of clients that wait for nothing", async () => {
    for (let round = 0; round < 3; round++) {
      for (const client of ["1", "2", "3", "4", "5"]) expect(await wait(client)).toBe("waits");
      await leave();
    }
  });
});
