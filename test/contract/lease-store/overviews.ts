import { describe, expect, it } from "vitest";
import { aRequest, HEARD_WITHIN_MS, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** What whoever looks on is shown. */
export function describeOverviews(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail } = trial;

  it("counts those of the queued that somebody waits for", async () => {
    await trial.store.request([aRequest("a"), aRequest("b"), aRequest("later", { dueInMs: 60_000 })]);
    expect(await trial.store.stats()).toEqual({ queued: 3, awaited: 2, leased: 0, dead: 0 });
    await claim("w", { count: 1 });
    expect(await trial.store.stats()).toEqual({ queued: 2, awaited: 1, leased: 1, dead: 0 });
  });

  describe("an overview", () => {
    const overview = (...titles: string[]) => trial.store.overview({ titles });

    it("of a store that was never used is empty", async () => {
      expect(await overview()).toEqual({
        now: expect.any(Number) as number,
        queue: { awaited: 0, ahead: 0, later: 0, backingOff: 0 },
        leases: [],
        workers: [],
        faults: [],
        totals: { done: 0, failed: 0, lapsed: 0, dead: 0 },
        queued: [],
      });
    });

    it("counts the queue by how soon jobs are needed, and says since when the first has waited", async () => {
      await trial.store.request([aRequest("t/v/1")]);
      await trial.advance(4000);
      await trial.store.request([
        ...["t/v/2", "u/v/2"].map((id) => aRequest(id)),
        aRequest("t/v/3", { dueInMs: 30_000 }),
        ...["t/v/4", "t/v/5", "u/v/4"].map((id) => aRequest(id, { dueInMs: 300_000 })),
      ]);
      const { now, queue } = await overview();
      expect(queue).toMatchObject({ awaited: 3, ahead: 1, later: 3, backingOff: 0 });
      expect(now - queue.earliestDeadline!).toBeGreaterThanOrEqual(4000);
      expect(now - queue.earliestDeadline!).toBeLessThan(4000 + HEARD_WITHIN_MS);
    });

    it("lists what is queued of the titles that it is asked about, what pauses included", async () => {
      await trial.store.request(["t/v/1", "t/v/2", "u/v/1", "tt/v/1"].map((id) => aRequest(id)));
      const leases = await claim("w", { count: 4 });
      await fail(leases.find(({ id }) => id === "t/v/1")!, { backoffMs: 60_000 });
      await trial.store.release(leases.filter(({ id }) => id !== "t/v/1"));
      expect([...(await overview("t")).queued].sort()).toEqual(["t/v/1", "t/v/2"]);
      expect([...(await overview("t", "u")).queued].sort()).toEqual(["t/v/1", "t/v/2", "u/v/1"]);
      expect((await overview("none")).queued).toEqual([]);
      expect((await overview()).queue).toMatchObject({ awaited: 3, backingOff: 1 });
    });

    it("shows every lease with its holder, and a second one beside it", async () => {
      await trial.store.request([aRequest("t/v/1")]);
      await claimOne("w");
      await trial.advance(1000);
      await trial.store.claimSecond({ id: "t/v/1", worker: "v", leaseMs: 2 * LEASE_MS });
      const { now, leases } = await overview();
      const [first, second] = [...leases].sort((a, b) => a.until - b.until);
      const same = { id: "t/v/1", payload: "payload of t/v/1", attempt: 1 };
      expect(first).toMatchObject({ ...same, worker: "w", isSecond: false });
      expect(second).toMatchObject({ ...same, worker: "v", isSecond: true });
      expect(first!.until - first!.renewedAt).toBe(LEASE_MS);
      expect(second!.until - second!.renewedAt).toBe(2 * LEASE_MS);
      expect(now - first!.since).toBeGreaterThanOrEqual(1000);
      expect(second!.since).toBeGreaterThan(first!.since);
      expect(first!.deadline).toBeLessThanOrEqual(first!.since);
    });

    it("tells a lease that is renewed from one that isn't", async () => {
      await trial.store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
      const [kept] = await claim("w", { count: 2 });
      await trial.advance(4000);
      await trial.store.renew([kept!], LEASE_MS);
      const { leases } = await overview();
      const renewed = Object.fromEntries(leases.map(({ id, renewedAt, since }) => [id, renewedAt - since]));
      expect(renewed["t/v/1"]).toBeGreaterThanOrEqual(4000);
      expect(renewed["t/v/2"]).toBe(0);
    });

    it("knows workers by what they say, and since when they are silent", async () => {
      await claim("w", { self: "first, “é”" });
      await trial.advance(1000);
      await claim("v", { self: "mine" });
      await claim("w", { self: "second" });
      await claim("nobody");
      await trial.advance(2000);
      const { now, workers } = await overview();
      expect(workers.map(({ worker, self }) => [worker, self]).sort()).toEqual([
        ["v", "mine"],
        ["w", "second"],
      ]);
      for (const { seenAt } of workers) {
        expect(now - seenAt).toBeGreaterThanOrEqual(2000);
        expect(now - seenAt).toBeLessThan(2000 + HEARD_WITHIN_MS);
      }
    });

    it("takes a commit, and a failure, for a sign of life", async () => {
      await trial.store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
      const [a] = await claim("w", { self: "w" });
      const [b] = await claim("v", { self: "v" });
      await trial.advance(5000);
      await commit(a!);
      await fail(b!, { permanent: true });
      const { now, workers } = await overview();
      for (const { seenAt } of workers) expect(now - seenAt).toBeLessThan(HEARD_WITHIN_MS);
    });

    it("forgets a worker that was not heard of for ten minutes", async () => {
      await claim("w", { self: "w" });
      await trial.advance(599_000);
      expect((await overview()).workers).toHaveLength(1);
      await trial.advance(2000);
      expect((await overview()).workers).toEqual([]);
      await claim("v", { self: "v" });
      expect((await overview()).workers).toMatchObject([{ worker: "v" }]);
    });

    it("shows who let a lease run out, until that one is heard of again", async () => {
      await trial.store.request([aRequest("t/v/1")]);
      await claim("w", { self: "w" });
      await trial.advance(LEASE_MS + 1);
      const { now, leases, workers, faults, totals } = await overview();
      expect(leases).toEqual([]);
      expect(now - workers[0]!.lapsedAt!).toBeLessThan(HEARD_WITHIN_MS);
      expect(faults).toMatchObject([
        { kind: "lapsed", id: "t/v/1", payload: "payload of t/v/1", worker: "w", attempt: 1, reason: "" },
      ]);
      expect(totals).toEqual({ done: 0, failed: 0, lapsed: 1, dead: 0 });
      await trial.advance(1000);
      await claim("w", { self: "w" });
      expect((await overview()).workers[0]).not.toHaveProperty("lapsedAt");
    });

    it("tells what failed and who failed at it, the latest first", async () => {
      await trial.store.request([aRequest("t/v/1")]);
      await fail(await claimOne("w"));
      await trial.advance(1000);
      await fail(await claimOne("v"), { permanent: true });
      await trial.store.request([aRequest("t/v/2")]);
      await commit(await claimOne("w"));
      const { faults, totals } = await overview();
      expect(faults).toMatchObject([
        { kind: "dead", id: "t/v/1", worker: "v", attempt: 2, reason: "it broke" },
        { kind: "failed", id: "t/v/1", worker: "w", attempt: 1, reason: "it broke" },
      ]);
      expect(faults[0]!.at).toBeGreaterThan(faults[1]!.at);
      expect(totals).toEqual({ done: 1, failed: 2, lapsed: 0, dead: 1 });
    });

    it("keeps the last fifty faults, for an hour", async () => {
      for (let k = 0; k < 55; k++) {
        await trial.store.request([aRequest(`t/v/${k}`)]);
        await fail(await claimOne("w"), { permanent: true });
      }
      const { faults } = await overview();
      expect(faults).toHaveLength(50);
      expect(faults.map(({ id }) => id)).toContain("t/v/54");
      expect(faults.map(({ id }) => id)).not.toContain("t/v/0");
      await trial.advance(3_601_000);
      expect((await overview()).faults).toEqual([]);
    });

    it("changes nothing about the jobs", async () => {
      await trial.store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
      const lease = await claimOne("w");
      expect(await overview("t")).toMatchObject({ queue: { awaited: 1 }, queued: ["t/v/2"] });
      expect(await trial.store.stats()).toEqual({ queued: 1, awaited: 1, leased: 1, dead: 0 });
      expect(await commit(lease)).toBe("committed");
    });
  });

  it("counts what is queued, leased and dead, and nothing that is done", async () => {
    expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
    await trial.store.request(["a", "b", "c", "d"].map((id) => aRequest(id)));
    const leases = await claim("w", { count: 3 });
    await commit(leases[0]!);
    await fail(leases[1]!, { permanent: true });
    expect(await trial.store.stats()).toMatchObject({ queued: 1, leased: 1, dead: 1 });
    await trial.advance(LEASE_MS + 1);
    expect(await trial.store.stats()).toMatchObject({ queued: 2, leased: 0, dead: 1 });
  });
}
