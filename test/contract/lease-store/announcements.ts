import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Announcement, JobRequest, Lease } from "../../../shared/lease/lease-store.ts";
import { aRequest, HEARD_WITHIN_MS, LEASE_MS, type LeaseStoreTrial } from "./trial.ts";

/** What is told to whom, and what is not. */
export function describeAnnouncements(trial: LeaseStoreTrial): void {
  const { claim, claimOne, commit, fail } = trial;

  describe("announcements", () => {
    const heard: Announcement[] = [];
    const drained: Announcement[] = [];
    let unsubscribe = () => {};

    beforeEach(async () => {
      heard.length = 0;
      unsubscribe = trial.store.subscribe((announcement) => {
        (announcement.kind === "drained" ? drained : heard).push(announcement);
      });
      // A subscription over a network takes a moment; a hint that comes through shows that it stands.
      let attempt = 0;
      await vi.waitFor(async () => {
        attempt += 1;
        await trial.store.request([aRequest(`probe ${attempt}`, { dueInMs: 500_000 })]);
        expect(heard).toContainEqual({ kind: "queued", awaited: false });
      }, HEARD_WITHIN_MS);
      await trial.store.cancel(Array.from({ length: attempt }, (_, k) => `probe ${k + 1}`));
      heard.length = 0;
    });
    afterEach(() => unsubscribe());

    const hear = (announcement: Announcement) =>
      vi.waitFor(() => expect(heard).toContainEqual(announcement), HEARD_WITHIN_MS);

    it("tell of new work, and of work that came back", async () => {
      await trial.store.request([aRequest("a")]);
      await hear({ kind: "queued", awaited: true });
      const lease = await claimOne("w");
      heard.length = 0;
      await fail(lease);
      await hear({ kind: "queued", awaited: true });
      const again = await claimOne("w");
      heard.length = 0;
      await trial.store.release([again]);
      await hear({ kind: "queued", awaited: true });
    });

    it("tell that nothing is left to claim, once, and only of the last of it", async () => {
      await trial.store.request(["a", "b", "c"].map((id) => aRequest(`title/${id}`)));
      drained.length = 0;
      await claim("v", { count: 2 });
      await claim("w");
      await claim("w");
      // Whatever was announced before this has been heard with it.
      await trial.store.request([aRequest("title/after", { dueInMs: 100_000 })]);
      await hear({ kind: "queued", awaited: false });
      expect(drained).toEqual(trial.isOneQueue ? [{ kind: "drained" }] : []);
    });

    it("tell of a promotion", async () => {
      await trial.store.request([aRequest("a", { dueInMs: 100_000 })]);
      await hear({ kind: "queued", awaited: false });
      heard.length = 0;
      await trial.store.request([aRequest("a")]);
      await hear({ kind: "queued", awaited: true });
    });

    it("tell once that somebody waits for what is worked on already, and offer it to nobody", async () => {
      await trial.store.request([aRequest("a", { dueInMs: 100_000 }), aRequest("b")]);
      await claim("w", { count: 2 });
      heard.length = 0;
      await trial.store.request([aRequest("a", { dueInMs: 50_000 }), aRequest("b")]);
      await trial.store.request([aRequest("a")]);
      await trial.store.request([aRequest("a")]);
      await trial.store.request([aRequest("after", { dueInMs: 100_000 })]);
      await hear({ kind: "queued", awaited: false });
      expect(heard).toEqual([
        { kind: "awaited", id: "a" },
        { kind: "queued", awaited: false },
      ]);
    });

    it("tell of a job that is waited for and long with one worker, until a second one has it", async () => {
      const straggleAfterMs = 5000;
      const asked = (id: string, changes: Partial<JobRequest> = {}) =>
        trial.store.request([aRequest(id, { straggleAfterMs, ...changes })]);
      await asked("a");
      const first = await claimOne("w");
      await asked("a");
      await trial.advance(straggleAfterMs);
      heard.length = 0;
      await trial.store.request([aRequest("a")]);
      await asked("a", { dueInMs: 1000 });
      await asked("a");
      await asked("a");
      const other = await trial.store.claimSecond({ id: "a", worker: "v", leaseMs: LEASE_MS });
      await asked("a");
      await trial.store.release([other!]);
      await asked("a");
      await trial.store.cancel(["a"]);
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
      await trial.store.request(["a", "b", "c"].map((id) => aRequest(id)));
      const firsts = await claim("w", { count: 3 });
      const seconds: Lease[] = [];
      for (const { id } of firsts)
        seconds.push((await trial.store.claimSecond({ id, worker: "v", leaseMs: LEASE_MS }))!);
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
      await trial.store.request([aRequest("a/b c“é")]);
      const lease = await claimOne("w");
      await commit(lease, "meta: “x” é");
      await hear({ kind: "done", id: "a/b c“é", meta: "meta: “x” é", token: lease.token });
    });

    it("tell of what is dead, by failure and by lapses, with the reason", async () => {
      await trial.store.request([aRequest("a"), aRequest("poison", { dueInMs: 1, maxAttempts: 1 })]);
      await fail(await claimOne("w"), { permanent: true });
      await hear({ kind: "dead", id: "a", reason: "it broke" });
      await claimOne("w");
      await trial.advance(LEASE_MS + 1);
      await claim("w");
      const reason = expect.any(String) as string;
      await hear({ kind: "dead", id: "poison", reason });
    });

    it("tell the worker that nobody waits any more", async () => {
      await trial.store.request([aRequest("a")]);
      await claimOne("w");
      await trial.store.cancel(["a"]);
      await hear({ kind: "cancelled", id: "a" });
    });

    it("reach every listener until it unsubscribes", async () => {
      const other: Announcement[] = [];
      const unsubscribeOther = trial.store.subscribe((announcement) => other.push(announcement));
      unsubscribe();
      await trial.store.request([aRequest("a")]);
      await vi.waitFor(async () => {
        await trial.store.request([aRequest(`again ${other.length}${Math.random()}`)]);
        expect(other).toContainEqual({ kind: "queued", awaited: true });
      }, HEARD_WITHIN_MS);
      unsubscribeOther();
      expect(heard).toEqual([]);
    });
  });
}
