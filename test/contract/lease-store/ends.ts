import { describe, expect, it } from "vitest";
import { aRequest, LEASE_MS, type LeaseStoreTrial, RETAIN_MS } from "./trial.ts";

/** How a job ends, or comes back: commit, failure and release. */
export function describeEnds(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail, kindOf } = trial;

  describe("a commit", () => {
    it("is good once, and a duplicate from then on", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      expect(await commit(lease, "first")).toBe("committed");
      expect(await commit(lease, "second")).toBe("duplicate");
      expect(await trial.store.status(["a"])).toEqual([{ kind: "done", meta: "first" }]);
      expect(await trial.store.renew([lease], LEASE_MS)).toEqual(["lost"]);
      expect(await fail(lease)).toBe("stale");
    });

    it("is good late, while nobody has claimed the job again", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      // Whoever looks, or asks for other work, does not spoil it.
      await trial.store.stats();
      expect(await claim("v", { count: 0 })).toEqual([]);
      expect(await commit(lease)).toBe("committed");
      expect(await claim("v")).toEqual([]);
    });

    it("is remembered for as long as was asked, then forgotten", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await commit(lease, "m", 20_000);
      await trial.advance(15_000);
      expect(await kindOf("a")).toBe("done");
      await trial.advance(5001);
      expect(await kindOf("a")).toBe("unknown");
      expect(await commit(lease)).toBe("unknown");
      expect(await trial.store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
      expect((await claimOne("w")).token).toBeGreaterThan(lease.token);
    });
  });

  describe("a failure", () => {
    it("puts the job back, not to be tried before the back-off is over", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      expect(await fail(lease, { backoffMs: 20_000 })).toBe("requeued");
      expect(await kindOf("a")).toBe("queued");
      expect(await claim("w")).toEqual([]);
      expect(await fail(lease)).toBe("stale");
      await trial.advance(20_001);
      const again = await claimOne("w");
      expect(again.attempt).toBe(2);
      expect(again.token).toBeGreaterThan(lease.token);
    });

    it("does not hold up other jobs", async () => {
      await trial.store.request([aRequest("a"), aRequest("b", { dueInMs: 60_000 })]);
      await fail(await claimOne("w"), { backoffMs: 20_000 });
      expect((await claim("w", { count: 2 })).map(({ id }) => id)).toEqual(["b"]);
    });

    it("of the last attempt is the end", async () => {
      await trial.store.request([aRequest("a", { maxAttempts: 2 })]);
      expect(await fail(await claimOne("w"))).toBe("requeued");
      const last = await claimOne("w");
      expect(last.attempt).toBe(2);
      expect(await fail(last)).toBe("dead");
      expect(await trial.store.status(["a"])).toEqual([{ kind: "dead", reason: "it broke" }]);
      expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 1 });
      expect(await commit(last)).toBe("stale");
    });

    it("that is permanent is the end at once, and forgotten in time", async () => {
      await trial.store.request([aRequest("a")]);
      expect(await fail(await claimOne("w"), { permanent: true })).toBe("dead");
      await trial.advance(RETAIN_MS + 1);
      expect(await kindOf("a")).toBe("unknown");
      expect(await trial.store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
      expect((await claimOne("w")).attempt).toBe(1);
    });
  });

  it("a job that ends its workers is dead after its last attempt, with a reason of one line", async () => {
    await trial.store.request([aRequest("poison")]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await claimOne(`w${attempt}`)).attempt).toBe(attempt);
      await trial.advance(LEASE_MS + 1);
    }
    expect(await claim("w4")).toEqual([]);
    const [outcome] = await trial.store.request([aRequest("poison")]);
    expect(outcome).toEqual({ kind: "dead", reason: expect.stringMatching(/^[^\n]+$/) });
    expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 1 });
  });

  describe("a release", () => {
    it("gives the job back at once and counts no attempt", async () => {
      await trial.store.request([aRequest("a", { maxAttempts: 1 })]);
      const lease = await claimOne("w");
      await trial.store.release([lease]);
      const again = await claimOne("v");
      expect(again.attempt).toBe(1);
      expect(again.token).toBeGreaterThan(lease.token);
      expect(await commit(lease)).toBe("stale");
      expect(await commit(again)).toBe("committed");
    });

    it("for a while keeps the job from everybody until then, and counts no attempt either", async () => {
      await trial.store.request([aRequest("a", { maxAttempts: 1 })]);
      const lease = await claimOne("w");
      await trial.store.release([lease], 400);
      expect(await claim("v")).toEqual([]);
      expect(await trial.store.status(["a"])).toEqual([{ kind: "queued" }]);
      await trial.advance(401);
      expect(await claimOne("v")).toMatchObject({ id: "a", attempt: 1 });
      expect(await commit(lease)).toBe("stale");
    });

    it("of what is done changes nothing", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await commit(lease, "m");
      await trial.store.release([lease]);
      expect(await trial.store.status(["a"])).toEqual([{ kind: "done", meta: "m" }]);
    });
  });
}
