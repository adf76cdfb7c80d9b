import { describe, expect, it } from "vitest";
import { aRequest, type LeaseStoreTrial } from "./trial.ts";

/** What a request does. */
export function describeRequests(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail, kindOf } = trial;

  describe("a request", () => {
    it("is new at first and exists from then on", async () => {
      expect(await trial.store.request([aRequest("a"), aRequest("b")])).toEqual([
        { kind: "new" },
        { kind: "new" },
      ]);
      expect(await trial.store.request([aRequest("c"), aRequest("a")])).toEqual([
        { kind: "new" },
        { kind: "exists" },
      ]);
      expect(await trial.store.stats()).toMatchObject({ queued: 3, leased: 0, dead: 0 });
    });

    it("of nothing is answered with nothing", async () => {
      expect(await trial.store.request([])).toEqual([]);
      expect(await trial.store.status([])).toEqual([]);
    });

    it("promotes a job when it is needed sooner, and never puts it off", async () => {
      await trial.store.request([aRequest("a", { dueInMs: 30_000 })]);
      expect(await trial.store.request([aRequest("a", { dueInMs: 60_000 })])).toEqual([{ kind: "exists" }]);
      expect(await trial.store.request([aRequest("a", { dueInMs: 0 })])).toEqual([{ kind: "promoted" }]);
      expect(await trial.store.request([aRequest("a", { dueInMs: 30_000 })])).toEqual([{ kind: "exists" }]);
      expect((await claimOne("w", { dueWithinMs: 0 })).id).toBe("a");
    });

    it("exists while the job is leased", async () => {
      await trial.store.request([aRequest("a")]);
      await claimOne("w");
      expect(await trial.store.request([aRequest("a")])).toEqual([{ kind: "exists" }]);
      expect(await claim("v")).toEqual([]);
    });

    it("for a job that is done is answered with what its worker reported", async () => {
      await trial.store.request([aRequest("a")]);
      const lease = await claimOne("w");
      await commit(lease, "fingerprint é “x”");
      expect(await trial.store.request([aRequest("a")])).toEqual([
        { kind: "done", meta: "fingerprint é “x”", token: lease.token },
      ]);
      expect(await claim("w")).toEqual([]);
    });

    it("for a job whose result is gone has it done again, once for all who say so", async () => {
      await trial.store.request([aRequest("a")]);
      const first = await claimOne("w");
      await commit(first, "first");
      const again = aRequest("a", { gone: first.token });
      expect(await trial.store.request([again])).toEqual([{ kind: "new" }]);
      expect(await trial.store.request([again])).toEqual([{ kind: "exists" }]);
      const second = await claimOne("v");
      expect(second).toMatchObject({ id: "a", attempt: 1 });
      expect(await commit(first, "late")).toBe("stale");
      await commit(second, "second");
      const done = { kind: "done", meta: "second", token: second.token };
      expect(await trial.store.request([again, aRequest("a")])).toEqual([done, done]);
    });

    it("that takes another result for gone changes nothing", async () => {
      await trial.store.request([aRequest("a"), aRequest("b"), aRequest("dead")]);
      const [a, b, dead] = await claim("w", { count: 3 });
      await commit(a!, "m");
      await fail(dead!, { permanent: true });
      const gone = b!.token;
      expect(await trial.store.request(["a", "b", "dead"].map((id) => aRequest(id, { gone })))).toEqual([
        { kind: "done", meta: "m", token: a!.token },
        { kind: "exists" },
        { kind: "dead", reason: "it broke" },
      ]);
      expect(await commit(b!)).toBe("committed");
    });

    it("for a dead job is answered with the reason", async () => {
      await trial.store.request([aRequest("a")]);
      await fail(await claimOne("w"), { permanent: true });
      expect(await trial.store.request([aRequest("a")])).toEqual([{ kind: "dead", reason: "it broke" }]);
      expect(await claim("w")).toEqual([]);
    });

    it("that nobody repeats lapses while it is queued", async () => {
      await trial.store.request([aRequest("a", { lapseInMs: 20_000 }), aRequest("b", { lapseInMs: 90_000 })]);
      await trial.advance(20_001);
      expect(await kindOf("a")).toBe("unknown");
      expect((await claim("w", { count: 5 })).map(({ id }) => id)).toEqual(["b"]);
      expect(await trial.store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
    });

    it("that is repeated lapses later, never sooner", async () => {
      await trial.store.request([aRequest("a", { lapseInMs: 20_000 })]);
      await trial.advance(15_000);
      await trial.store.request([aRequest("a", { lapseInMs: 20_000 })]);
      await trial.store.request([aRequest("a", { lapseInMs: 1000 })]);
      await trial.advance(15_000);
      expect((await claimOne("w")).id).toBe("a");
    });

    it("that lapses does not take the job from the worker that has it", async () => {
      await trial.store.request([aRequest("a", { lapseInMs: 2000 })]);
      const lease = await claimOne("w");
      await trial.advance(5000);
      expect(await kindOf("a")).toBe("leased");
      expect(await commit(lease)).toBe("committed");
    });
  });
}
