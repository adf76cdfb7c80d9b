import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type {
  Announcement,
  Claim,
  Hold,
  JobRequest,
  Lease,
  LeaseStore,
} from "../../shared/lease/lease-store.ts";

/** A store under test, and the hand on its clock. */
export interface LeaseStoreUnderTest {
  readonly store: LeaseStore;
  /** The clock moves by `advance` alone, so that a lease can be checked to the millisecond. */
  readonly clockStandsStill?: boolean;
  /** All jobs are in one queue, so that the store knows when nothing is left. */
  readonly isOneQueue: boolean;
  /** Moves the store's clock forward by so many milliseconds. The clock may also run by itself. */
  advance(ms: number): void | Promise<void>;
  close(): void | Promise<void>;
}

const LEASE_MS = 10_000;
const RETAIN_MS = 60_000;
/** Far beyond what a slow store takes for a few calls, well within a lease. */
const HEARD_WITHIN_MS = 30_000;

export function aRequest(id: string, changes: Partial<JobRequest> = {}): JobRequest {
  return { id, payload: `payload of ${id}`, dueInMs: 0, lapseInMs: 600_000, maxAttempts: 3, ...changes };
}

/**
 * What every lease store does, told through the port alone. Spans are far apart, so that a store whose
 * clock runs by itself passes as well.
 */
export function leaseStoreContract(name: string, create: () => Promise<LeaseStoreUnderTest>): void {
  describe(`${name} keeps the lease contract:`, () => {
    let subject: LeaseStoreUnderTest;
    let store: LeaseStore;
    let sequence: number;

    beforeEach(async () => {
      subject = await create();
      store = subject.store;
      sequence = 0;
    });
    afterEach(() => subject.close());

    const claim = (worker: string, changes: Partial<Claim> = {}): Promise<readonly Lease[]> => {
      sequence += 1;
      return store.claim({ worker, sequence, leaseMs: LEASE_MS, count: 1, ...changes });
    };
    const claimOne = async (worker: string, changes: Partial<Claim> = {}): Promise<Lease> => {
      const leases = await claim(worker, changes);
      expect(leases).toHaveLength(1);
      return leases[0]!;
    };
    const commit = (hold: Hold, meta = "", retainMs = RETAIN_MS) => store.commit(hold, { meta, retainMs });
    const fail = (hold: Hold, changes: { permanent?: boolean; backoffMs?: number } = {}) =>
      store.fail(hold, {
        reason: "it broke",
        permanent: false,
        backoffMs: 0,
        retainMs: RETAIN_MS,
        ...changes,
      });
    const kindOf = async (id: string) => (await store.status([id]))[0]!.kind;

    describe("a request", () => {
      it("is new at first and exists from then on", async () => {
        expect(await store.request([aRequest("a"), aRequest("b")])).toEqual([
          { kind: "new" },
          { kind: "new" },
        ]);
        expect(await store.request([aRequest("c"), aRequest("a")])).toEqual([
          { kind: "new" },
          { kind: "exists" },
        ]);
        expect(await store.stats()).toMatchObject({ queued: 3, leased: 0, dead: 0 });
      });

      it("of nothing is answered with nothing", async () => {
        expect(await store.request([])).toEqual([]);
        expect(await store.status([])).toEqual([]);
      });

      it("promotes a job when it is needed sooner, and never puts it off", async () => {
        await store.request([aRequest("a", { dueInMs: 30_000 })]);
        expect(await store.request([aRequest("a", { dueInMs: 60_000 })])).toEqual([{ kind: "exists" }]);
        expect(await store.request([aRequest("a", { dueInMs: 0 })])).toEqual([{ kind: "promoted" }]);
        expect(await store.request([aRequest("a", { dueInMs: 30_000 })])).toEqual([{ kind: "exists" }]);
        expect((await claimOne("w", { dueWithinMs: 0 })).id).toBe("a");
      });

      it("exists while the job is leased", async () => {
        await store.request([aRequest("a")]);
        await claimOne("w");
        expect(await store.request([aRequest("a")])).toEqual([{ kind: "exists" }]);
        expect(await claim("v")).toEqual([]);
      });

      it("for a job that is done is answered with what its worker reported", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await commit(lease, "fingerprint é “x”");
        expect(await store.request([aRequest("a")])).toEqual([
          { kind: "done", meta: "fingerprint é “x”", token: lease.token },
        ]);
        expect(await claim("w")).toEqual([]);
      });

      it("for a job whose result is gone has it done again, once for all who say so", async () => {
        await store.request([aRequest("a")]);
        const first = await claimOne("w");
        await commit(first, "first");
        const again = aRequest("a", { gone: first.token });
        expect(await store.request([again])).toEqual([{ kind: "new" }]);
        expect(await store.request([again])).toEqual([{ kind: "exists" }]);
        const second = await claimOne("v");
        expect(second).toMatchObject({ id: "a", attempt: 1 });
        expect(await commit(first, "late")).toBe("stale");
        await commit(second, "second");
        const done = { kind: "done", meta: "second", token: second.token };
        expect(await store.request([again, aRequest("a")])).toEqual([done, done]);
      });

      it("that takes another result for gone changes nothing", async () => {
        await store.request([aRequest("a"), aRequest("b"), aRequest("dead")]);
        const [a, b, dead] = await claim("w", { count: 3 });
        await commit(a!, "m");
        await fail(dead!, { permanent: true });
        const gone = b!.token;
        expect(await store.request(["a", "b", "dead"].map((id) => aRequest(id, { gone })))).toEqual([
          { kind: "done", meta: "m", token: a!.token },
          { kind: "exists" },
          { kind: "dead", reason: "it broke" },
        ]);
        expect(await commit(b!)).toBe("committed");
      });

      it("for a dead job is answered with the reason", async () => {
        await store.request([aRequest("a")]);
        await fail(await claimOne("w"), { permanent: true });
        expect(await store.request([aRequest("a")])).toEqual([{ kind: "dead", reason: "it broke" }]);
        expect(await claim("w")).toEqual([]);
      });

      it("that nobody repeats lapses while it is queued", async () => {
        await store.request([aRequest("a", { lapseInMs: 20_000 }), aRequest("b", { lapseInMs: 90_000 })]);
        await subject.advance(20_001);
        expect(await kindOf("a")).toBe("unknown");
        expect((await claim("w", { count: 5 })).map(({ id }) => id)).toEqual(["b"]);
        expect(await store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
      });

      it("that is repeated lapses later, never sooner", async () => {
        await store.request([aRequest("a", { lapseInMs: 20_000 })]);
        await subject.advance(15_000);
        await store.request([aRequest("a", { lapseInMs: 20_000 })]);
        await store.request([aRequest("a", { lapseInMs: 1000 })]);
        await subject.advance(15_000);
        expect((await claimOne("w")).id).toBe("a");
      });

      it("that lapses does not take the job from the worker that has it", async () => {
        await store.request([aRequest("a", { lapseInMs: 2000 })]);
        const lease = await claimOne("w");
        await subject.advance(5000);
        expect(await kindOf("a")).toBe("leased");
        expect(await commit(lease)).toBe("committed");
      });
    });

    describe("a claim", () => {
      it("hands over the payload, the attempt and whether somebody waits", async () => {
        await store.request([
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
        await store.request([
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
        await store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
        expect(await claim("w", { count: 0 })).toEqual([]);
        expect(await claim("w", { count: 2 })).toHaveLength(2);
        expect(await claim("w", { count: 2 })).toHaveLength(1);
      });

      it("of one worker and sequence number is answered the same way again", async () => {
        await store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
        const first = await claim("w", { sequence: 7, count: 2 });
        expect(await claim("w", { sequence: 7, count: 2 })).toEqual(first);
        expect(await store.stats()).toMatchObject({ queued: 1, leased: 2, dead: 0 });
        expect(await claim("w", { sequence: 8, count: 2 })).toHaveLength(1);
      });

      it("that is repeated does not hand out a lease that has ended since", async () => {
        await store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
        const leases = await claim("w", { sequence: 7, count: 3 });
        await commit(leases[0]!);
        await fail(leases[1]!);
        expect(await claim("w", { sequence: 7, count: 3 })).toEqual([leases[2]]);
        await subject.advance(LEASE_MS + 1);
        expect(await claim("w", { sequence: 7, count: 3 })).toEqual([]);
      });

      it("that is repeated begins its leases anew: the first call may have arrived at any moment", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        const first = await claim("w", { sequence: 7, count: 2 });
        await subject.advance(0.6 * LEASE_MS);
        expect(await claim("w", { sequence: 7, count: 2 })).toEqual(first);
        await subject.advance(0.6 * LEASE_MS);
        expect(await claim("v", { sequence: 1, count: 2 })).toEqual([]);
        await subject.advance(0.6 * LEASE_MS);
        expect(await claim("v", { sequence: 1, count: 2 })).toHaveLength(2);
      });

      it("that is repeated does not hand out what nobody wants any more", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        const [, second] = await claim("w", { sequence: 7, count: 2 });
        await store.cancel(["a"]);
        expect(await claim("w", { sequence: 7, count: 2 })).toEqual([second]);
      });

      it("that was overtaken by a later one of its worker gets nothing, and spoils nothing", async () => {
        await store.request([aRequest("a"), aRequest("b"), aRequest("c")]);
        await claim("w", { sequence: 6 });
        const later = await claim("w", { sequence: 7 });
        expect(later).toHaveLength(1);
        expect(await claim("w", { sequence: 5 })).toEqual([]);
        expect(await claim("w", { sequence: 6 })).toEqual([]);
        expect(await claim("w", { sequence: 7 })).toEqual(later);
        expect(await store.stats()).toMatchObject({ queued: 1, leased: 2, dead: 0 });
      });

      it("keeps the sequence numbers of workers apart", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        const mine = await claimOne("w", { sequence: 1 });
        const yours = await claimOne("v", { sequence: 1 });
        expect(yours.id).not.toBe(mine.id);
      });

      it("can be held to jobs that are due within a time", async () => {
        await store.request([aRequest("later", { dueInMs: 60_000 }), aRequest("soon", { dueInMs: 10_000 })]);
        expect(await claim("w", { dueWithinMs: 0, count: 2 })).toEqual([]);
        expect((await claim("w", { dueWithinMs: 30_000, count: 2 })).map(({ id }) => id)).toEqual(["soon"]);
        await subject.advance(60_001);
        expect((await claimOne("w", { dueWithinMs: 0 })).awaited).toBe(true);
      });

      describe("held to jobs that follow each other", () => {
        const later = (id: string) => aRequest(id, { dueInMs: 60_000 });
        const following = ["t/1", "t/2", "t/3"];
        const idsOf = (leases: readonly Lease[]) => leases.map(({ id }) => id);

        it("takes them in their order, as many as are wanted, and nothing else", async () => {
          await store.request([later("t/0"), ...following.toReversed().map(later), aRequest("u/0")]);
          expect(idsOf(await claim("w", { following: [following], count: 2 }))).toEqual(["t/1", "t/2"]);
          expect(idsOf(await claim("w", { following: [["t/3", "t/4"]], count: 9 }))).toEqual(["t/3"]);
          expect(idsOf(await claim("w", { count: 9 })).sort()).toEqual(["t/0", "u/0"]);
        });

        it("stops at the first that isn't there, is taken or has ended", async () => {
          for (const change of ["unknown", "leased", "done", "backing off"]) {
            const ids = following.map((id) => `${id} ${change}`);
            const [, second] = ids as [string, string, string];
            if (change !== "unknown") {
              await store.request([aRequest(second)]);
              const lease = await claimOne("v");
              if (change === "done") await commit(lease);
              if (change === "backing off") await fail(lease, { backoffMs: 100_000 });
            }
            await store.request(ids.filter((id) => id !== second).map(later));
            expect(idsOf(await claim("w", { following: [ids], count: 3 })), change).toEqual([ids[0]]);
          }
        });

        it("leaves what somebody waits for, and what comes after, to others", async () => {
          await store.request(following.map(later));
          await store.request([aRequest("t/2")]);
          expect(idsOf(await claim("w", { following: [following], count: 3 }))).toEqual(["t/1"]);
          expect(idsOf(await claim("w", { following: [["t/2"]], count: 3 }))).toEqual([]);
          expect(idsOf(await claim("v", { count: 3 }))).toEqual(["t/2", "t/3"]);
        });

        it("does not take what has lapsed", async () => {
          await store.request([
            later("t/1"),
            aRequest("t/2", { dueInMs: 60_000, lapseInMs: 1000 }),
            later("t/3"),
          ]);
          await subject.advance(5000);
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
          await store.request(
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
          await store.request(following.map(later));
          const first = await claim("w", { sequence: 7, following: [following], count: 2 });
          expect(await claim("w", { sequence: 7, following: [following], count: 2 })).toEqual(first);
          expect(await claim("w", { sequence: 7, count: 9 })).toEqual(first);
        });
      });

      it("gives one job to one of many claimants", async () => {
        await store.request([aRequest("a")]);
        const claims = Array.from({ length: 20 }, (_, k) => claim(`w${k}`));
        const leases = (await Promise.all(claims)).flat();
        expect(leases).toHaveLength(1);
      });
    });

    describe("a lease", () => {
      it("is kept by renewing it", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        for (let k = 0; k < 4; k++) {
          await subject.advance(LEASE_MS * 0.7);
          expect(await store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
        }
        expect(await claim("v")).toEqual([]);
        expect(await commit(lease)).toBe("committed");
      });

      it("that is renewed late is still good while nobody else has it", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        expect(await store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
        expect(await claim("v")).toEqual([]);
      });

      it("that ran out is taken back by renewing it, whoever has looked meanwhile", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        expect(await store.stats()).toMatchObject({ queued: 1, leased: 0, dead: 0 });
        expect(await store.renew([lease], LEASE_MS)).toEqual(["renewed"]);
        expect(await store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
        expect(await claim("v")).toEqual([]);
        await subject.advance(LEASE_MS + 1);
        expect(await claimOne("v")).toMatchObject({ id: "a", attempt: 2 });
      });

      it("that ran out can still be failed and given back, until somebody else claims it", async () => {
        await store.request([aRequest("a"), aRequest("b", { maxAttempts: 2 })]);
        const [a, b] = await claim("w", { count: 2 });
        await subject.advance(LEASE_MS + 1);
        await store.stats();
        expect(await fail(a!, { permanent: true })).toBe("dead");
        await store.release([b!]);
        expect(await claimOne("v")).toMatchObject({ id: "b", attempt: 1 });
      });

      it("ends with its failure and with its release, for whatever comes late", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        const [a, b] = await claim("w", { count: 2 });
        await fail(a!);
        await store.release([b!]);
        for (const old of [a!, b!]) {
          expect(await commit(old)).toBe("stale");
          expect(await fail(old, { permanent: true })).toBe("stale");
          expect(await store.renew([old], LEASE_MS)).toEqual(["lost"]);
        }
        await store.release([a!, b!]);
        expect(await claim("v", { count: 2 })).toMatchObject([
          { id: "a", attempt: 2 },
          { id: "b", attempt: 1 },
        ]);
      });

      it("that lapsed goes to the next claimant with a greater token, as the next attempt", async () => {
        await store.request([aRequest("a")]);
        const first = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        const second = await claimOne("v");
        expect(second).toMatchObject({ id: "a", attempt: 2, payload: first.payload });
        expect(second.token).toBeGreaterThan(first.token);
      });

      it("is lost once somebody else has it, for renewing, committing and failing alike", async () => {
        await store.request([aRequest("a")]);
        const old = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        const current = await claimOne("v");
        expect(await store.renew([old, current], LEASE_MS)).toEqual(["lost", "renewed"]);
        expect(await commit(old, "late")).toBe("stale");
        expect(await fail(old, { permanent: true })).toBe("stale");
        await store.release([old]);
        expect(await kindOf("a")).toBe("leased");
        expect(await commit(current, "mine")).toBe("committed");
        expect(await store.status(["a"])).toEqual([{ kind: "done", meta: "mine" }]);
      });

      it("of a job that nobody knows is lost", async () => {
        const hold = { id: "never", token: 1 };
        expect(await store.renew([hold], LEASE_MS)).toEqual(["lost"]);
        expect(await commit(hold)).toBe("unknown");
        expect(await fail(hold)).toBe("unknown");
        await store.release([hold]);
        expect(await kindOf("never")).toBe("unknown");
      });

      it("is lost to the same worker too when it claims the job again", async () => {
        await store.request([aRequest("a")]);
        const first = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        const second = await claimOne("w");
        expect(await store.renew([first, second], LEASE_MS)).toEqual(["lost", "renewed"]);
      });

      it("can't be guessed: a token that was never given out is stale", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        const forged = { id: "a", token: lease.token + 1 };
        expect(await commit(forged)).toBe("stale");
        expect(await store.renew([forged], LEASE_MS)).toEqual(["lost"]);
        expect(await commit(lease)).toBe("committed");
      });

      it("of a queued job that was never leased can't be committed", async () => {
        await store.request([aRequest("a")]);
        for (const token of [0, 1, -1]) expect(await commit({ id: "a", token })).toBe("stale");
        expect(await kindOf("a")).toBe("queued");
      });
    });

    describe("a commit", () => {
      it("is good once, and a duplicate from then on", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        expect(await commit(lease, "first")).toBe("committed");
        expect(await commit(lease, "second")).toBe("duplicate");
        expect(await store.status(["a"])).toEqual([{ kind: "done", meta: "first" }]);
        expect(await store.renew([lease], LEASE_MS)).toEqual(["lost"]);
        expect(await fail(lease)).toBe("stale");
      });

      it("is good late, while nobody has claimed the job again", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        // Whoever looks, or asks for other work, does not spoil it.
        await store.stats();
        expect(await claim("v", { count: 0 })).toEqual([]);
        expect(await commit(lease)).toBe("committed");
        expect(await claim("v")).toEqual([]);
      });

      it("is remembered for as long as was asked, then forgotten", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await commit(lease, "m", 20_000);
        await subject.advance(15_000);
        expect(await kindOf("a")).toBe("done");
        await subject.advance(5001);
        expect(await kindOf("a")).toBe("unknown");
        expect(await commit(lease)).toBe("unknown");
        expect(await store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
        expect((await claimOne("w")).token).toBeGreaterThan(lease.token);
      });
    });

    describe("a failure", () => {
      it("puts the job back, not to be tried before the back-off is over", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        expect(await fail(lease, { backoffMs: 20_000 })).toBe("requeued");
        expect(await kindOf("a")).toBe("queued");
        expect(await claim("w")).toEqual([]);
        expect(await fail(lease)).toBe("stale");
        await subject.advance(20_001);
        const again = await claimOne("w");
        expect(again.attempt).toBe(2);
        expect(again.token).toBeGreaterThan(lease.token);
      });

      it("does not hold up other jobs", async () => {
        await store.request([aRequest("a"), aRequest("b", { dueInMs: 60_000 })]);
        await fail(await claimOne("w"), { backoffMs: 20_000 });
        expect((await claim("w", { count: 2 })).map(({ id }) => id)).toEqual(["b"]);
      });

      it("of the last attempt is the end", async () => {
        await store.request([aRequest("a", { maxAttempts: 2 })]);
        expect(await fail(await claimOne("w"))).toBe("requeued");
        const last = await claimOne("w");
        expect(last.attempt).toBe(2);
        expect(await fail(last)).toBe("dead");
        expect(await store.status(["a"])).toEqual([{ kind: "dead", reason: "it broke" }]);
        expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 1 });
        expect(await commit(last)).toBe("stale");
      });

      it("that is permanent is the end at once, and forgotten in time", async () => {
        await store.request([aRequest("a")]);
        expect(await fail(await claimOne("w"), { permanent: true })).toBe("dead");
        await subject.advance(RETAIN_MS + 1);
        expect(await kindOf("a")).toBe("unknown");
        expect(await store.request([aRequest("a")])).toEqual([{ kind: "new" }]);
        expect((await claimOne("w")).attempt).toBe(1);
      });
    });

    it("a job that ends its workers is dead after its last attempt, with a reason of one line", async () => {
      await store.request([aRequest("poison")]);
      for (let attempt = 1; attempt <= 3; attempt++) {
        expect((await claimOne(`w${attempt}`)).attempt).toBe(attempt);
        await subject.advance(LEASE_MS + 1);
      }
      expect(await claim("w4")).toEqual([]);
      const [outcome] = await store.request([aRequest("poison")]);
      expect(outcome).toEqual({ kind: "dead", reason: expect.stringMatching(/^[^\n]+$/) });
      expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 1 });
    });

    describe("a release", () => {
      it("gives the job back at once and counts no attempt", async () => {
        await store.request([aRequest("a", { maxAttempts: 1 })]);
        const lease = await claimOne("w");
        await store.release([lease]);
        const again = await claimOne("v");
        expect(again.attempt).toBe(1);
        expect(again.token).toBeGreaterThan(lease.token);
        expect(await commit(lease)).toBe("stale");
        expect(await commit(again)).toBe("committed");
      });

      it("for a while keeps the job from everybody until then, and counts no attempt either", async () => {
        await store.request([aRequest("a", { maxAttempts: 1 })]);
        const lease = await claimOne("w");
        await store.release([lease], 400);
        expect(await claim("v")).toEqual([]);
        expect(await store.status(["a"])).toEqual([{ kind: "queued" }]);
        await subject.advance(401);
        expect(await claimOne("v")).toMatchObject({ id: "a", attempt: 1 });
        expect(await commit(lease)).toBe("stale");
      });

      it("of what is done changes nothing", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await commit(lease, "m");
        await store.release([lease]);
        expect(await store.status(["a"])).toEqual([{ kind: "done", meta: "m" }]);
      });
    });

    describe("a second attempt", () => {
      const second = (id: string, worker = "v") => store.claimSecond({ id, worker, leaseMs: LEASE_MS });
      /** A job that somebody waits for, with the worker that holds it and a second one. */
      const begin = async (changes: Partial<JobRequest> = {}): Promise<readonly [Lease, Lease]> => {
        await store.request([aRequest("a", changes)]);
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
        expect(await store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
        await store.request([aRequest("b")]);
        expect((await claimOne("w")).token).toBeGreaterThan(other.token);
      });

      it("is given for what another worker holds and somebody waits for, and for nothing else", async () => {
        const ids = ["mine", "ahead", "cancelled", "done", "dead", "queued"];
        await store.request(ids.map((id) => aRequest(id, id === "ahead" ? { dueInMs: 100_000 } : {})));
        for (const id of ids.slice(0, -1)) {
          // In the order of their ids where they are due together.
          const lease = await claimOne("w");
          if (lease.id === "done") await commit(lease);
          if (lease.id === "dead") await fail(lease, { permanent: true });
          if (lease.id === "queued") await fail(lease);
          expect(ids, id).toContain(lease.id);
        }
        await claim("w");
        await store.cancel(["cancelled"]);
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
        await store.request([aRequest("a")]);
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
        await store.release([first]);
        expect(await store.renew([first, other], LEASE_MS)).toEqual(["lost", "lost"]);
        expect(await store.request([aRequest("a")])).toEqual([
          { kind: "done", meta: "by the second", token: other.token },
        ]);
      });

      it("comes too late when the holder commits", async () => {
        const [first, other] = await begin();
        expect(await commit(first, "by the first")).toBe("committed");
        expect(await store.renew([other], LEASE_MS)).toEqual(["lost"]);
        expect(await commit(other)).toBe("stale");
        expect(await fail(other)).toBe("stale");
        await store.release([other]);
        expect(await store.status(["a"])).toEqual([{ kind: "done", meta: "by the first" }]);
      });

      it("that fails leaves the job to its holder, who gets no other beside", async () => {
        const [first, other] = await begin();
        expect(await fail(other, { permanent: true })).toBe("left");
        expect(await fail(other)).toBe("stale");
        expect(await commit(other)).toBe("stale");
        expect(await second("a")).toBe(undefined);
        expect(await second("a", "u")).toBe(undefined);
        expect(await store.renew([first, other], LEASE_MS)).toEqual(["renewed", "lost"]);
        expect(await commit(first)).toBe("committed");
      });

      it("that is given back leaves room for another", async () => {
        const [first, other] = await begin();
        await store.release([other]);
        expect(await commit(other)).toBe("stale");
        const another = await second("a", "u");
        expect(another!.token).toBeGreaterThan(other.token);
        expect(await store.renew([first, other, another!], LEASE_MS)).toEqual(["renewed", "lost", "renewed"]);
      });

      it("keeps no lease alive but its own", async () => {
        const [first, other] = await begin();
        await subject.advance(LEASE_MS * 0.7);
        expect(await store.renew([other], LEASE_MS)).toEqual(["renewed"]);
        await subject.advance(LEASE_MS * 0.7);
        // The job is the second's now.
        expect(await claim("u")).toEqual([]);
        expect(await store.stats()).toMatchObject({ queued: 0, leased: 1, dead: 0 });
        expect(await store.renew([first, other], LEASE_MS)).toEqual(["lost", "renewed"]);
        expect(await commit(first)).toBe("stale");
        expect(await commit(other)).toBe("committed");
      });

      it("has the job when the holder's lease runs out, as the next attempt, until its own does", async () => {
        const [, other] = await begin();
        await subject.advance(LEASE_MS * 0.7);
        await store.renew([other], LEASE_MS);
        await subject.advance(LEASE_MS * 0.7);
        expect(await claim("u")).toEqual([]);
        await subject.advance(LEASE_MS * 0.4);
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
        await store.release([other]);
        expect(await store.renew([other, third!], LEASE_MS)).toEqual(["lost", "renewed"]);
        expect(await fail(third!)).toBe("requeued");
        expect((await claimOne("u")).attempt).toBe(3);
      });

      it("that ran out before the holder's lease leaves nothing behind", async () => {
        const [first, other] = await begin();
        await subject.advance(LEASE_MS * 0.7);
        await store.renew([first], LEASE_MS);
        await subject.advance(LEASE_MS * 0.7);
        // It may still do it.
        expect(await store.renew([other, first], LEASE_MS)).toEqual(["renewed", "renewed"]);
        await subject.advance(LEASE_MS + 1);
        expect(await claimOne("u")).toMatchObject({ id: "a", attempt: 2 });
        expect(await commit(other)).toBe("stale");
        expect(await second("a")).toBeDefined();
      });

      it("saves nobody who takes the last attempt, nor what can't be done", async () => {
        const [first, other] = await begin({ maxAttempts: 1 });
        expect(await fail(first)).toBe("dead");
        expect(await commit(other)).toBe("stale");
        await store.request([aRequest("b", { maxAttempts: 1 })]);
        await claimOne("w");
        const ofB = await second("b");
        await subject.advance(LEASE_MS * 0.7);
        expect(await store.renew([ofB!], LEASE_MS)).toEqual(["renewed"]);
        await subject.advance(LEASE_MS * 0.7);
        expect(await kindOf("b")).toBe("dead");
        expect(await store.renew([ofB!], LEASE_MS)).toEqual(["lost"]);
      });

      it("is cancelled with the job", async () => {
        const [first, other] = await begin();
        await store.cancel(["a"]);
        expect(await store.renew([first, other], LEASE_MS)).toEqual(["cancelled", "cancelled"]);
        await store.release([other]);
        expect(await kindOf("a")).toBe("leased");
        await store.release([first]);
        expect(await kindOf("a")).toBe("unknown");
      });

      it("goes on when a cancellation is taken back after the holder left", async () => {
        const [first, other] = await begin();
        await store.cancel(["a"]);
        await store.request([aRequest("a")]);
        await store.release([first]);
        expect(await claim("u")).toEqual([]);
        expect(await commit(other)).toBe("committed");
      });
    });

    describe("a cancellation", () => {
      it("drops what is queued", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        await store.cancel(["a", "never"]);
        expect(await store.status(["a", "b"])).toEqual([{ kind: "unknown" }, { kind: "queued" }]);
      });

      it("is told to the worker that has the job, whose release then ends it", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await store.cancel(["a"]);
        expect(await store.renew([lease], LEASE_MS)).toEqual(["cancelled"]);
        await store.release([lease]);
        expect(await kindOf("a")).toBe("unknown");
        expect(await claim("v")).toEqual([]);
      });

      it("comes too late for a worker that is done", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await store.cancel(["a"]);
        expect(await commit(lease, "m")).toBe("committed");
        await store.cancel(["a"]);
        expect(await store.status(["a"])).toEqual([{ kind: "done", meta: "m" }]);
      });

      it("is taken back by a new request, before and after the worker's release", async () => {
        await store.request([aRequest("a"), aRequest("b")]);
        const leases = await claim("w", { count: 2 });
        await store.cancel(["a", "b"]);
        expect(await store.request([aRequest("a"), aRequest("b")])).toEqual([
          { kind: "exists" },
          { kind: "exists" },
        ]);
        const [kept, released] = [leases[0]!, leases[1]!];
        expect(await store.renew([kept], LEASE_MS)).toEqual(["renewed"]);
        await store.release([released]);
        expect(await claimOne("v")).toMatchObject({ id: released.id, attempt: 1 });
      });

      it("of a job whose worker is gone leaves nothing to be done", async () => {
        await store.request([aRequest("a")]);
        await claimOne("w");
        await store.cancel(["a"]);
        await subject.advance(LEASE_MS + 1);
        expect(await claim("v")).toEqual([]);
      });

      it("of a job that then fails leaves nothing to be done", async () => {
        await store.request([aRequest("a")]);
        const lease = await claimOne("w");
        await store.cancel(["a"]);
        await fail(lease);
        expect(await claim("v")).toEqual([]);
      });
    });

    describe("announcements", () => {
      const heard: Announcement[] = [];
      const drained: Announcement[] = [];
      let unsubscribe = () => {};

      beforeEach(async () => {
        heard.length = 0;
        unsubscribe = store.subscribe((announcement) => {
          (announcement.kind === "drained" ? drained : heard).push(announcement);
        });
        // A subscription over a network takes a moment; a hint that comes through shows that it stands.
        let attempt = 0;
        await vi.waitFor(async () => {
          attempt += 1;
          await store.request([aRequest(`probe ${attempt}`, { dueInMs: 500_000 })]);
          expect(heard).toContainEqual({ kind: "queued", awaited: false });
        }, HEARD_WITHIN_MS);
        await store.cancel(Array.from({ length: attempt }, (_, k) => `probe ${k + 1}`));
        heard.length = 0;
      });
      afterEach(() => unsubscribe());

      const hear = (announcement: Announcement) =>
        vi.waitFor(() => expect(heard).toContainEqual(announcement), HEARD_WITHIN_MS);

      it("tell of new work, and of work that came back", async () => {
        await store.request([aRequest("a")]);
        await hear({ kind: "queued", awaited: true });
        const lease = await claimOne("w");
        heard.length = 0;
        await fail(lease);
        await hear({ kind: "queued", awaited: true });
        const again = await claimOne("w");
        heard.length = 0;
        await store.release([again]);
        await hear({ kind: "queued", awaited: true });
      });

      it("tell that nothing is left to claim, once, and only of the last of it", async () => {
        await store.request(["a", "b", "c"].map((id) => aRequest(`title/${id}`)));
        drained.length = 0;
        await claim("v", { count: 2 });
        await claim("w");
        await claim("w");
        // Whatever was announced before this has been heard with it.
        await store.request([aRequest("title/after", { dueInMs: 100_000 })]);
        await hear({ kind: "queued", awaited: false });
        expect(drained).toEqual(subject.isOneQueue ? [{ kind: "drained" }] : []);
      });

      it("tell of a promotion", async () => {
        await store.request([aRequest("a", { dueInMs: 100_000 })]);
        await hear({ kind: "queued", awaited: false });
        heard.length = 0;
        await store.request([aRequest("a")]);
        await hear({ kind: "queued", awaited: true });
      });

      it("tell once that somebody waits for what is worked on already, and offer it to nobody", async () => {
        await store.request([aRequest("a", { dueInMs: 100_000 }), aRequest("b")]);
        await claim("w", { count: 2 });
        heard.length = 0;
        await store.request([aRequest("a", { dueInMs: 50_000 }), aRequest("b")]);
        await store.request([aRequest("a")]);
        await store.request([aRequest("a")]);
        await store.request([aRequest("after", { dueInMs: 100_000 })]);
        await hear({ kind: "queued", awaited: false });
        expect(heard).toEqual([
          { kind: "awaited", id: "a" },
          { kind: "queued", awaited: false },
        ]);
      });

      it("tell of a job that is waited for and long with one worker, until a second one has it", async () => {
        const straggleAfterMs = 5000;
        const asked = (id: string, changes: Partial<JobRequest> = {}) =>
          store.request([aRequest(id, { straggleAfterMs, ...changes })]);
        await asked("a");
        const first = await claimOne("w");
        await asked("a");
        await subject.advance(straggleAfterMs);
        heard.length = 0;
        await store.request([aRequest("a")]);
        await asked("a", { dueInMs: 1000 });
        await asked("a");
        await asked("a");
        const other = await store.claimSecond({ id: "a", worker: "v", leaseMs: LEASE_MS });
        await asked("a");
        await store.release([other!]);
        await asked("a");
        await store.cancel(["a"]);
        await asked("after", { dueInMs: 100_000 });
        await hear({ kind: "queued", awaited: false });
        const straggling = { kind: "straggling", id: "a" };
        expect(heard).toEqual([
          ...Array(3).fill(straggling),
          { kind: "cancelled", id: "a" },
          { kind: "queued", awaited: false },
        ]);
        expect(await commit(first)).toBe("committed");
      });

      it("tell whoever is at a job that has ended without them", async () => {
        await store.request(["a", "b", "c"].map((id) => aRequest(id)));
        const firsts = await claim("w", { count: 3 });
        const seconds: Lease[] = [];
        for (const { id } of firsts)
          seconds.push((await store.claimSecond({ id, worker: "v", leaseMs: LEASE_MS }))!);
        heard.length = 0;
        await commit(firsts[0]!);
        await commit(seconds[1]!);
        await fail(firsts[2]!, { permanent: true });
        await hear({ kind: "dead", id: "c", reason: "it broke" });
        expect(heard.filter(({ kind }) => kind === "outrun")).toEqual([
          { kind: "outrun", id: "a", token: seconds[0]!.token },
          { kind: "outrun", id: "b", token: firsts[1]!.token },
          { kind: "outrun", id: "c", token: seconds[2]!.token },
        ]);
      });

      it("tell of what is done, with what its worker reported", async () => {
        await store.request([aRequest("a/b c“é")]);
        const lease = await claimOne("w");
        await commit(lease, "meta: “x” é");
        await hear({ kind: "done", id: "a/b c“é", meta: "meta: “x” é", token: lease.token });
      });

      it("tell of what is dead, by failure and by lapses, with the reason", async () => {
        await store.request([aRequest("a"), aRequest("poison", { dueInMs: 1, maxAttempts: 1 })]);
        await fail(await claimOne("w"), { permanent: true });
        await hear({ kind: "dead", id: "a", reason: "it broke" });
        await claimOne("w");
        await subject.advance(LEASE_MS + 1);
        await claim("w");
        const reason = expect.any(String) as string;
        await hear({ kind: "dead", id: "poison", reason });
      });

      it("tell the worker that nobody waits any more", async () => {
        await store.request([aRequest("a")]);
        await claimOne("w");
        await store.cancel(["a"]);
        await hear({ kind: "cancelled", id: "a" });
      });

      it("reach every listener until it unsubscribes", async () => {
        const other: Announcement[] = [];
        const unsubscribeOther = store.subscribe((announcement) => other.push(announcement));
        unsubscribe();
        await store.request([aRequest("a")]);
        await vi.waitFor(async () => {
          await store.request([aRequest(`again ${other.length}${Math.random()}`)]);
          expect(other).toContainEqual({ kind: "queued", awaited: true });
        }, HEARD_WITHIN_MS);
        unsubscribeOther();
        expect(heard).toEqual([]);
      });
    });

    it("counts those of the queued that somebody waits for", async () => {
      await store.request([aRequest("a"), aRequest("b"), aRequest("later", { dueInMs: 60_000 })]);
      expect(await store.stats()).toEqual({ queued: 3, awaited: 2, leased: 0, dead: 0 });
      await claim("w", { count: 1 });
      expect(await store.stats()).toEqual({ queued: 2, awaited: 1, leased: 1, dead: 0 });
    });

    describe("an overview", () => {
      const overview = (...titles: string[]) => store.overview({ titles });

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
        await store.request([aRequest("t/v/1")]);
        await subject.advance(4000);
        await store.request([
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
        await store.request(["t/v/1", "t/v/2", "u/v/1", "tt/v/1"].map((id) => aRequest(id)));
        const leases = await claim("w", { count: 4 });
        await fail(leases.find(({ id }) => id === "t/v/1")!, { backoffMs: 60_000 });
        await store.release(leases.filter(({ id }) => id !== "t/v/1"));
        expect([...(await overview("t")).queued].sort()).toEqual(["t/v/1", "t/v/2"]);
        expect([...(await overview("t", "u")).queued].sort()).toEqual(["t/v/1", "t/v/2", "u/v/1"]);
        expect((await overview("none")).queued).toEqual([]);
        expect((await overview()).queue).toMatchObject({ awaited: 3, backingOff: 1 });
      });

      it("shows every lease with its holder, and a second one beside it", async () => {
        await store.request([aRequest("t/v/1")]);
        await claimOne("w");
        await subject.advance(1000);
        await store.claimSecond({ id: "t/v/1", worker: "v", leaseMs: 2 * LEASE_MS });
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
        await store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
        const [kept] = await claim("w", { count: 2 });
        await subject.advance(4000);
        await store.renew([kept!], LEASE_MS);
        const { leases } = await overview();
        const renewed = Object.fromEntries(leases.map(({ id, renewedAt, since }) => [id, renewedAt - since]));
        expect(renewed["t/v/1"]).toBeGreaterThanOrEqual(4000);
        expect(renewed["t/v/2"]).toBe(0);
      });

      it("knows workers by what they say, and since when they are silent", async () => {
        await claim("w", { self: "first, “é”" });
        await subject.advance(1000);
        await claim("v", { self: "mine" });
        await claim("w", { self: "second" });
        await claim("nobody");
        await subject.advance(2000);
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
        await store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
        const [a] = await claim("w", { self: "w" });
        const [b] = await claim("v", { self: "v" });
        await subject.advance(5000);
        await commit(a!);
        await fail(b!, { permanent: true });
        const { now, workers } = await overview();
        for (const { seenAt } of workers) expect(now - seenAt).toBeLessThan(HEARD_WITHIN_MS);
      });

      it("forgets a worker that was not heard of for ten minutes", async () => {
        await claim("w", { self: "w" });
        await subject.advance(599_000);
        expect((await overview()).workers).toHaveLength(1);
        await subject.advance(2000);
        expect((await overview()).workers).toEqual([]);
        await claim("v", { self: "v" });
        expect((await overview()).workers).toMatchObject([{ worker: "v" }]);
      });

      it("shows who let a lease run out, until that one is heard of again", async () => {
        await store.request([aRequest("t/v/1")]);
        await claim("w", { self: "w" });
        await subject.advance(LEASE_MS + 1);
        const { now, leases, workers, faults, totals } = await overview();
        expect(leases).toEqual([]);
        expect(now - workers[0]!.lapsedAt!).toBeLessThan(HEARD_WITHIN_MS);
        expect(faults).toMatchObject([
          { kind: "lapsed", id: "t/v/1", payload: "payload of t/v/1", worker: "w", attempt: 1, reason: "" },
        ]);
        expect(totals).toEqual({ done: 0, failed: 0, lapsed: 1, dead: 0 });
        await subject.advance(1000);
        await claim("w", { self: "w" });
        expect((await overview()).workers[0]).not.toHaveProperty("lapsedAt");
      });

      it("tells what failed and who failed at it, the latest first", async () => {
        await store.request([aRequest("t/v/1")]);
        await fail(await claimOne("w"));
        await subject.advance(1000);
        await fail(await claimOne("v"), { permanent: true });
        await store.request([aRequest("t/v/2")]);
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
          await store.request([aRequest(`t/v/${k}`)]);
          await fail(await claimOne("w"), { permanent: true });
        }
        const { faults } = await overview();
        expect(faults).toHaveLength(50);
        expect(faults.map(({ id }) => id)).toContain("t/v/54");
        expect(faults.map(({ id }) => id)).not.toContain("t/v/0");
        await subject.advance(3_601_000);
        expect((await overview()).faults).toEqual([]);
      });

      it("changes nothing about the jobs", async () => {
        await store.request(["t/v/1", "t/v/2"].map((id) => aRequest(id)));
        const lease = await claimOne("w");
        expect(await overview("t")).toMatchObject({ queue: { awaited: 1 }, queued: ["t/v/2"] });
        expect(await store.stats()).toEqual({ queued: 1, awaited: 1, leased: 1, dead: 0 });
        expect(await commit(lease)).toBe("committed");
      });
    });

    it("counts what is queued, leased and dead, and nothing that is done", async () => {
      expect(await store.stats()).toMatchObject({ queued: 0, leased: 0, dead: 0 });
      await store.request(["a", "b", "c", "d"].map((id) => aRequest(id)));
      const leases = await claim("w", { count: 3 });
      await commit(leases[0]!);
      await fail(leases[1]!, { permanent: true });
      expect(await store.stats()).toMatchObject({ queued: 1, leased: 1, dead: 1 });
      await subject.advance(LEASE_MS + 1);
      expect(await store.stats()).toMatchObject({ queued: 2, leased: 0, dead: 1 });
    });
  });
}
