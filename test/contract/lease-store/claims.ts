import { describe, expect, it } from "vitest";
import type { Lease } from "../../../shared/lease/lease-store.ts";
import { aRequest, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** What a claim grants, and to whom. */
export function describeClaims(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail } = trial;

  describe("a claim", () => {
    it("hands over the payload, the attempt and whether somebody waits", async () => {
      await trial.store.request([
        aRequest("a", { payload: '{"x":"é\\n“”"}' }),
        aRequest("b", { dueInMs: 60_000 }),
      ]);
      const leases = await claim("w", { count: 2 });
      const some = { token: expect.any(Number) as number, dueInMs: expect.any(Number) as number };
      expect(leases).toEqual([
        { id: "a", payload: '{"x":"é\\n“”"}', attempt: 1, awaited: true, ...some },
        { id: "b", payload: "payload of b", attempt: 1, awaited: false, ...some },
      ]);
      expect(leases[0]!.dueInMs).toBeLessThanOrEqual(0);
      expect(leases[1]!.dueInMs).toBeLessThanOrEqual(60_000);
      expect(leases[1]!.dueInMs).toBeGreaterThan(50_000);
      expect(Number.isSafeInteger(leases[0]!.token)).toBe(true);
      expect(leases[1]!.token).not.toBe(leases[0]!.token);
    });

    it("takes the earliest deadline first, whatever the order of the requests", async () => {
      const due = (id: string, dueInMs: number) => aRequest(id, { dueInMs });
      await trial.store.request([
        due("late", 300_000),
        due("now", 0),
        due("later", 400_000),
        due("soon", 100_000),
      ]);
      expect((await claim("w", { count: 3 })).map(({ id }) => id)).toEqual(["now", "soon", "late"]);
      expect((await claim("v", { count: 3 })).map(({ id }) => id)).toEqual(["later"]);
    });

    it("gives no more than was asked for, and nothing where nothing is queued", async () => {
      expect(await claim("w", { count: 5 })).toEqual([]);
      await trial.store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
      expect(await claim("w", { count: 0 })).toEqual([]);
      expect(await claim("w", { count: 2 })).toHaveLength(2);
      expect(await claim("w", { count: 2 })).toHaveLength(1);
    });

    it("of one worker and sequence number is answered the same way again", async () => {
      await trial.store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
      const first = await claim("w", { sequence: 7, count: 2 });
      expect(await claim("w", { sequence: 7, count: 2 })).toEqual(first);
      expect(await trial.store.stats()).toMatchObject({ queued: 1, leased: 2, dead: 0 });
      expect(await claim("w", { sequence: 8, count: 2 })).toHaveLength(1);
    });

    it("that is repeated does not hand out a lease that has ended since", async () => {
      await trial.store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
      const leases = await claim("w", { sequence: 7, count: 3 });
      await commit(leases[0]!);
      await fail(leases[1]!);
      expect(await claim("w", { sequence: 7, count: 3 })).toEqual([leases[2]]);
      await trial.advance(LEASE_MS + 1);
      expect(await claim("w", { sequence: 7, count: 3 })).toEqual([]);
    });

    it("that is repeated begins its leases anew: the first call may have arrived at any moment", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      const first = await claim("w", { sequence: 7, count: 2 });
      await trial.advance(0.6 * LEASE_MS);
      expect(await claim("w", { sequence: 7, count: 2 })).toEqual(first);
      await trial.advance(0.6 * LEASE_MS);
      expect(await claim("v", { sequence: 1, count: 2 })).toEqual([]);
      await trial.advance(0.6 * LEASE_MS);
      expect(await claim("v", { sequence: 1, count: 2 })).toHaveLength(2);
    });

    it("that is repeated does not hand out what nobody wants any more", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      const [, second] = await claim("w", { sequence: 7, count: 2 });
      await trial.store.cancel(["a"]);
      expect(await claim("w", { sequence: 7, count: 2 })).toEqual([second]);
    });

    it("that was overtaken by a later one of its worker gets nothing, and spoils nothing", async () => {
      await trial.store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
      await claim("w", { sequence: 6 });
      const later = await claim("w", { sequence: 7 });
      expect(later).toHaveLength(1);
      expect(await claim("w", { sequence: 5 })).toEqual([]);
      expect(await claim("w", { sequence: 6 })).toEqual([]);
      expect(await claim("w", { sequence: 7 })).toEqual(later);
      expect(await trial.store.stats()).toMatchObject({ queued: 1, leased: 2, dead: 0 });
    });

    it("keeps the sequence numbers of workers apart", async () => {
      await trial.store.request([aRequest("a"), aRequest("b")]);
      const mine = await claimOne("w", { sequence: 1 });
      const yours = await claimOne("v", { sequence: 1 });
      expect(yours.id).not.toBe(mine.id);
    });

    it("can be held to jobs that are due within a time", async () => {
      await trial.store.request([
        aRequest("later", { dueInMs: 60_000 }),
        aRequest("soon", { dueInMs: 10_000 }),
      ]);
      expect(await claim("w", { dueWithinMs: 0, count: 2 })).toEqual([]);
      expect((await claim("w", { dueWithinMs: 30_000, count: 2 })).map(({ id }) => id)).toEqual(["soon"]);
      await trial.advance(60_001);
      expect((await claimOne("w", { dueWithinMs: 0 })).awaited).toBe(true);
    });

    describe("held to jobs that follow each other", () => {
      const later = (id: string) => aRequest(id, { dueInMs: 60_000 });
      const following = ["t/1", "t/2", "t/3"];
      const idsOf = (leases: readonly Lease[]) => leases.map(({ id }) => id);

      it("takes them in their order, as many as are wanted, and nothing else", async () => {
        await trial.store.request([later("t/0"), ...following.toReversed().map(later), aRequest("u/0")]);
        expect(idsOf(await claim("w", { following: [following], count: 2 }))).toEqual(["t/1", "t/2"]);
        expect(idsOf(await claim("w", { following: [["t/3", "t/4"]], count: 9 }))).toEqual(["t/3"]);
        expect(idsOf(await claim("w", { count: 9 })).sort()).toEqual(["t/0", "u/0"]);
      });

      it("stops at the first that isn't there, is taken or has ended", async () => {
        for (const change of ["unknown", "leased", "done", "backing off"]) {
          const ids = following.map((id) => `${id} ${change}`);
          const [, second] = ids as [string, string, string];
          if (change !== "unknown") {
            await trial.store.request([aRequest(second)]);
            const lease = await claimOne("v");
            if (change === "done") await commit(lease);
            if (change === "backing off") await fail(lease, { backoffMs: 100_000 });
          }
          await trial.store.request(ids.filter((id) => id !== second).map(later));
          expect(idsOf(await claim("w", { following: [ids], count: 3 })), change).toEqual([ids[0]]);
        }
      });

      it("leaves what somebody waits for, and what comes after, to others", async () => {
        await trial.store.request(following.map(later));
        await trial.store.request([aRequest("t/2")]);
        expect(idsOf(await claim("w", { following: [following], count: 3 }))).toEqual(["t/1"]);
        expect(idsOf(await claim("w", { following: [["t/2"]], count: 3 }))).toEqual([]);
        expect(idsOf(await claim("v", { count: 3 }))).toEqual(["t/2", "t/3"]);
      });

      it("does not take what has lapsed", async () => {
        await trial.store.request([
          later("t/1"),
          aRequest("t/2", { dueInMs: 60_000, lapseInMs: 1000 }),
          later("t/3"),
        ]);
        await trial.advance(5000);
        expect(idsOf(await claim("w", { following: [following], count: 3 }))).toEqual(["t/1"]);
      });

      it("takes of each group what comes before its own gap, one group after the other", async () => {
        const groups = [
          ["t/t/1", "t/t/2"],
          ["t/u/1", "t/u/2", "t/u/3"],
          ["t/v/1", "t/v/2"],
          ["t/w/1", "t/w/2"],
        ];
        // The second lacks its middle, the third its first.
        await trial.store.request(
          groups
            .flat()
            .filter((id) => id !== "t/u/2" && id !== "t/v/1")
            .map(later),
        );
        expect(idsOf(await claim("w", { following: groups, count: 2 }))).toEqual(["t/t/1", "t/t/2"]);
        expect(idsOf(await claim("w", { following: groups.slice(1), count: 9 }))).toEqual([
          "t/u/1",
          "t/w/1",
          "t/w/2",
        ]);
        expect(idsOf(await claim("w", { following: [], count: 9 }))).toEqual([]);
        expect(idsOf(await claim("w", { following: [[], []], count: 9 }))).toEqual([]);
        expect(idsOf(await claim("w", { count: 9 })).sort()).toEqual(["t/u/3", "t/v/2"]);
      });

      it("is answered the same way again", async () => {
        await trial.store.request(following.map(later));
        const first = await claim("w", { sequence: 7, following: [following], count: 2 });
        expect(await claim("w", { sequence: 7, following: [following], count: 2 })).toEqual(first);
        expect(await claim("w", { sequence: 7, count: 9 })).toEqual(first);
      });
    });

    it("gives one job to one of many claimants", async () => {
      await trial.store.request([aRequest("a")]);
      const claims = Array.from({ length: 20 }, (_, k) => claim(`w${k}`));
      const leases = (await Promise.all(claims)).flat();
      expect(leases).toHaveLength(1);
    });
  });
}
