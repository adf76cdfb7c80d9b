import { describe, expect, it } from "vitest";
import { aRequest, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** What becomes of work that nobody wants any more. */
export function describeCancellations(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail, kindOf } = trial;

  describe("a cancellation", () => {
    it("drops what is queued", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      await trial.store.cancel(["a", "never"]);
      expect(await trial.store.status(["a", "b"])).toEqual([{ kind: "unknown" }, { kind: "queued" }]);
    });

    it("is told to the worker that has the job, whose release then ends it", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.store.cancel(["a"]);
      expect(await trial.store.renew([lease], LEASE_MS)).toEqual(["cancelled"]);
      await trial.store.release([lease]);
      expect(await kindOf("a")).toBe("unknown");
      expect(await claim("v")).toEqual([]);
    });

    it("comes too late for a worker that is done", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.store.cancel(["a"]);
      expect(await commit(lease, "m")).toBe("committed");
      await trial.store.cancel(["a"]);
      expect(await trial.store.status(["a"])).toEqual([{ kind: "done", meta: "m" }]);
    });

    it("is taken back by a new request, before and after the worker's release", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      const leases = await claim("w", { count: 2 });
      await trial.store.cancel(["a", "b"]);
      expect(await trial.store.request([aRequest("a"), aRequest("b")])).toEqual([
        { kind: "exists" },
        { kind: "exists" },
      ]);
      const [kept, released] = [leases[0]!, leases[1]!];
      expect(await trial.store.renew([kept], LEASE_MS)).toEqual(["renewed"]);
      await trial.store.release([released]);
      expect(await claimOne("v")).toMatchObject({ id: released.id, attempt: 1 });
    });

    it("of a job whose worker is gone leaves nothing to be done", async () => {
      await trial.store.request([aRequest("a")]);
      await claimOne("w");
      await trial.store.cancel(["a"]);
      await trial.advance(LEASE_MS + 1);
      expect(await claim("v")).toEqual([]);
    });

    it("of a job that then fails leaves nothing to be done", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await trial.store.cancel(["a"]);
      await fail(lease);
      expect(await claim("v")).toEqual([]);
    });
  });
}
