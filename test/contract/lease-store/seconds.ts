import { describe, expect, it } from "vitest";
import type { JobRequest, Lease } from "../../../shared/lease/lease-store.ts";
import { aRequest, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** What a second worker at the same job may do. */
export function describeSeconds(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail, kindOf } = trial;

  describe("a second attempt", () => {
    const second = (id: string, worker = "v") => trial.store.claimSecond({ id, worker, leaseMs: LEASE_MS });
    /** A job that somebody waits for, with the worker that holds it and a second one. */
    const begin = async (changes: Partial<JobRequest> = {}): Promise<readonly [Lease, Lease]> => {
      await trial.store.request([aRequest("a", changes)]);
      const first = await claimOne("w");
      const other = await second("a");
      expect(other).toBeDefined();
      return [first, other!];
    };

    it("is a lease with a greater token, of the attempt that is under way", async () => {
      const [first, other] = await begin({ payload: '{"x":"é\\n“”"}' });
      const dueInMs = expect.any(Number) as number;
      expect(other).toEqual({ ...first, token: expect.any(Number) as number, dueInMs });
      expect(other.token).toBeGreaterThan(first.token);
      expect(other.awaited).toBe(true);
      expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
      await trial.store.request([aRequest("b")]);
      expect((await claimOne("w")).token).toBeGreaterThan(other.token);
    });

    it("is given for what another worker holds and somebody waits for, and for nothing else", async () => {
      const ids = ["mine", "ahead", "cancelled", "done", "dead", "queued"];
      await trial.store.request(ids.map((id) => aRequest(id, id === "ahead" ? { dueInMs: 100_000 } : {})));
      for (const id of ids.slice(0, -1)) {
        // In the order of their ids where they are due together.
        const lease = await claimOne("w");
        if (lease.id === "done") await commit(lease);
        if (lease.id === "dead") await fail(lease, { permanent: true });
        if (lease.id === "queued") await fail(lease);
        expect(ids, id).toContain(lease.id);
      }
      await claim("w");
      await trial.store.cancel(["cancelled"]);
      for (const id of ["ahead", "cancelled", "done", "dead", "never"])
        expect(await second(id), id).toBe(undefined);
      expect(await second("mine", "w")).toBe(undefined);
      expect(await second("mine")).toBeDefined();
    });

    it("is given once, and to the same worker again", async () => {
      const [, other] = await begin();
      expect(await second("a", "u")).toBe(undefined);
      expect(await second("a")).toMatchObject({ id: "a", token: other.token });
    });

    it("is given to one of many", async () => {
      await trial.store.request([aRequest("a")]);
      await claimOne("w");
      const seconds = await Promise.all(Array.from({ length: 20 }, (_, k) => second("a", `v${k}`)));
      expect(seconds.filter(Boolean)).toHaveLength(1);
    });

    it("that commits has done the job; the other comes too late", async () => {
      const [first, other] = await begin();
      expect(await commit(other, "by the second")).toBe("committed");
      expect(await commit(other)).toBe("duplicate");
      expect(await commit(first, "late")).toBe("stale");
      expect(await fail(first, { permanent: true })).toBe("stale");
      await trial.store.release([first]);
      expect(await trial.store.renew([first, other], LEASE_MS)).toEqual(["lost", "lost"]);
      expect(await trial.store.request([aRequest("a")])).toEqual([
        { kind: "done", meta: "by the second", token: other.token },
      ]);
    });

    it("comes too late when the holder commits", async () => {
      const [first, other] = await begin();
      expect(await commit(first, "by the first")).toBe("committed");
      expect(await trial.store.renew([other], LEASE_MS)).toEqual(["lost"]);
      expect(await commit(other)).toBe("stale");
      expect(await fail(other)).toBe("stale");
      await trial.store.release([other]);
      expect(await trial.store.status(["a"])).toEqual([{ kind: "done", meta: "by the first" }]);
    });

    it("that fails leaves the job to its holder, who gets no other beside", async () => {
      const [first, other] = await begin();
      expect(await fail(other, { permanent: true })).toBe("left");
      expect(await fail(other)).toBe("stale");
      expect(await commit(other)).toBe("stale");
      expect(await second("a")).toBe(undefined);
      expect(await second("a", "u")).toBe(undefined);
      expect(await trial.store.renew([first, other], LEASE_MS)).toEqual(["renewed", "lost"]);
      expect(await commit(first)).toBe("committed");
    });

    it("that is given back leaves room for another", async () => {
      const [first, other] = await begin();
      await trial.store.release([other]);
      expect(await commit(other)).toBe("stale");
      const another = await second("a", "u");
      expect(another!.token).toBeGreaterThan(other.token);
      expect(await trial.store.renew([first, other, another!], LEASE_MS)).toEqual([
        "renewed",
        "lost",
        "renewed",
      ]);
    });

    it("keeps no lease alive but its own", async () => {
      const [first, other] = await begin();
      await trial.advance(LEASE_MS * 0.7);
      expect(await trial.store.renew([other], LEASE_MS)).toEqual(["renewed"]);
      await trial.advance(LEASE_MS * 0.7);
      // The job is the second's now.
      expect(await claim("u")).toEqual([]);
      expect(await trial.store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
      expect(await trial.store.renew([first, other], LEASE_MS)).toEqual(["lost", "renewed"]);
      expect(await commit(first)).toBe("stale");
      expect(await commit(other)).toBe("committed");
    });

    it("has the job when the holder's lease runs out, as the next attempt, until its own does", async () => {
      const [, other] = await begin();
      await trial.advance(LEASE_MS * 0.7);
      await trial.store.renew([other], LEASE_MS);
      await trial.advance(LEASE_MS * 0.7);
      expect(await claim("u")).toEqual([]);
      await trial.advance(LEASE_MS * 0.4);
      const third = await claimOne("u");
      expect(third).toMatchObject({ id: "a", attempt: 3 });
      expect(await commit(other)).toBe("stale");
      expect(await commit(third)).toBe("committed");
    });

    it("has the job at once when the holder fails, with no back-off, or gives it back", async () => {
      const [first, other] = await begin();
      expect(await fail(first, { backoffMs: 100_000 })).toBe("requeued");
      expect(await claim("u")).toEqual([]);
      // Held, the job may have a second again.
      const third = await second("a", "w");
      expect(third).toMatchObject({ attempt: 2 });
      await trial.store.release([other]);
      expect(await trial.store.renew([other, third!], LEASE_MS)).toEqual(["lost", "renewed"]);
      expect(await fail(third!)).toBe("requeued");
      expect((await claimOne("u")).attempt).toBe(3);
    });

    it("that ran out before the holder's lease leaves nothing behind", async () => {
      const [first, other] = await begin();
      await trial.advance(LEASE_MS * 0.7);
      await trial.store.renew([first], LEASE_MS);
      await trial.advance(LEASE_MS * 0.7);
      // It may still do it.
      expect(await trial.store.renew([other, first], LEASE_MS)).toEqual(["renewed", "renewed"]);
      await trial.advance(LEASE_MS + 1);
      expect(await claimOne("u")).toMatchObject({ id: "a", attempt: 2 });
      expect(await commit(other)).toBe("stale");
      expect(await second("a")).toBeDefined();
    });

    it("saves nobody who takes the last attempt, nor what can't be done", async () => {
      const [first, other] = await begin({ maxAttempts: 1 });
      expect(await fail(first)).toBe("dead");
      expect(await commit(other)).toBe("stale");
      await trial.store.request([aRequest("b", { maxAttempts: 1 })]);
      await claimOne("w");
      const ofB = await second("b");
      await trial.advance(LEASE_MS * 0.7);
      expect(await trial.store.renew([ofB!], LEASE_MS)).toEqual(["renewed"]);
      await trial.advance(LEASE_MS * 0.7);
      expect(await kindOf("b")).toBe("dead");
      expect(await trial.store.renew([ofB!], LEASE_MS)).toEqual(["lost"]);
    });

    it("is cancelled with the job", async () => {
      const [first, other] = await begin();
      await trial.store.cancel(["a"]);
      expect(await trial.store.renew([first, other], LEASE_MS)).toEqual(["cancelled", "cancelled"]);
      await trial.store.release([other]);
      expect(await kindOf("a")).toBe("leased");
      await trial.store.release([first]);
      expect(await kindOf("a")).toBe("unknown");
    });

    it("goes on when a cancellation is taken back after the holder left", async () => {
      const [first, other] = await begin();
      await trial.store.cancel(["a"]);
      await trial.store.request([aRequest("a")]);
      await trial.store.release([first]);
      expect(await claim("u")).toEqual([]);
      expect(await commit(other)).toBe("committed");
    });
  });
}
