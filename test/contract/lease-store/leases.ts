import { describe, expect, it } from "vitest";
import { aRequest, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** How long a lease lasts, and what it is good for. */
export function describeLeases(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail, kindOf } = trial;

  describe("a lease", () => {
    it("is kept by renewing it", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      for (let k = 0; k < 4; k++) {
        await trial.advance(LEASE_MS * 0.7);
        expect(await trial.store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
      }
      expect(await claim("v")).toEqual([]);
      expect(await commit(lease)).toBe("committed");
    });

    it("that is renewed late is still good while nobody else has it", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      expect(await trial.store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
      expect(await claim("v")).toEqual([]);
    });

    it("that ran out is taken back by renewing it, whoever has looked meanwhile", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      expect(await trial.store.stats()).toMatchObject({ queued: 1, leased: 0, dead: 0 });
      expect(await trial.store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
      expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
      expect(await claim("v")).toEqual([]);
      await trial.advance(LEASE_MS + 1);
      expect(await claimOne("v")).toMatchObject({ id: "a", attempt: 2 });
    });

    it("that ran out can still be failed and given back, until somebody else claims it", async () => {
      await trial.store.request([aRequest("a"), aRequest("b", { maxAttempts: 2 })]);
      const [a, b] = await claim("w", { count: 2 });
      await trial.advance(LEASE_MS + 1);
      await trial.store.stats();
      expect(await fail(a!, { permanent: true })).toBe("dead");
      await trial.store.release([b!]);
      expect(await claimOne("v")).toMatchObject({ id: "b", attempt: 1 });
    });

    it("ends with its failure and with its release, for whatever comes late", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      const [a, b] = await claim("w", { count: 2 });
      await fail(a!);
      await trial.store.release([b!]);
      for (const old of [a!, b!]) {
        expect(await commit(old)).toBe("stale");
        expect(await fail(old, { permanent: true })).toBe("stale");
        expect(await trial.store.renew([old], LEASE_MS)).toEqual(["lost"]);
      }
      await trial.store.release([a!, b!]);
      expect(await claim("v", { count: 2 })).toMatchObject([
        { id: "a", attempt: 2 },
        { id: "b", attempt: 1 },
      ]);
    });

    it("that lapsed goes to the next claimant with a greater token, as the next attempt", async () => {
      await trial.store.request([aRequest("a")]);
      const first = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      const second = await claimOne("v");
      expect(second).toMatchObject({ id: "a", attempt: 2, payload: first.payload });
      expect(second.token).toBeGreaterThan(first.token);
    });

    it("is lost once somebody else has it, for renewing, committing and failing alike", async () => {
      await trial.store.request([aRequest("a")]);
      const old = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      const current = await claimOne("v");
      expect(await trial.store.renew([old, current], LEASE_MS)).toEqual(["lost", "renewed"]);
      expect(await commit(old, "late")).toBe("stale");
      expect(await fail(old, { permanent: true })).toBe("stale");
      await trial.store.release([old]);
      expect(await kindOf("a")).toBe("leased");
      expect(await commit(current, "mine")).toBe("committed");
      expect(await trial.store.status(["a"])).toEqual([{ kind: "done", meta: "mine" }]);
    });

    it("of a job that nobody knows is lost", async () => {
      const hold = { id: "never", token: 1 };
      expect(await trial.store.renew([hold], LEASE_MS)).toEqual(["lost"]);
      expect(await commit(hold)).toBe("unknown");
      expect(await fail(hold)).toBe("unknown");
      await trial.store.release([hold]);
      expect(await kindOf("never")).toBe("unknown");
    });

    it("is lost to the same worker too when it claims the job again", async () => {
      await trial.store.request([aRequest("a")]);
      const first = await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      const second = await claimOne("w");
      expect(await trial.store.renew([first, second], LEASE_MS)).toEqual(["lost", "renewed"]);
    });

    it("can't be guessed: a token that was never given out is stale", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      const forged = { id: "a", token: lease.token + 1 };
      expect(await commit(forged)).toBe("stale");
      expect(await trial.store.renew([forged], LEASE_MS)).toEqual(["lost"]);
      expect(await commit(lease)).toBe("committed");
    });

    it("of a queued job that was never leased can't be committed", async () => {
      await trial.store.request([aRequest("a")]);
      for (const token of [0, 1, -1]) expect(await commit({ id: "a", token })).toBe("stale");
      expect(await kindOf("a")).toBe("queued");
    });
  });
}
