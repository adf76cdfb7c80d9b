import { expect, it } from "vitest";
import type { Claim, LeaseStore } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { Claimant } from "../../worker/claimant.ts";
import { aRequest } from "../contract/lease-store/trial.ts";

/** A store whose answers to some claims are lost on the way, numbered from 0. */
function setUp(...lost: number[]) {
  const memory = new MemoryLeaseStore();
  const calls: Claim[] = [];
  const claim: LeaseStore["claim"] = async (wanted) => {
    const leases = await memory.claim(wanted);
    if (lost.includes(calls.push(wanted) - 1)) throw new Error("the answer was lost");
    return leases;
  };
  const store = Object.assign(Object.create(memory) as LeaseStore, { claim });
  return { memory, calls, claimant: new Claimant(store, "w", 60_000) };
}

const later = (id: string) => aRequest(id, { dueInMs: 60_000 });
const idsOf = ({ leases }: { leases: readonly { id: string }[] }) => leases.map(({ id }) => id);

it("claims made at once are numbered one after the other, and each gets its own answer", async () => {
  const { memory, calls, claimant } = setUp();
  await memory.request([aRequest("a"), later("b"), later("c"), later("d")]);
  const granted = await Promise.all([
    claimant.claim({ count: 1 }),
    claimant.claim({ count: 2, following: [["c", "d"]] }),
    claimant.claim({ count: 1 }),
  ]);
  expect(granted.map(idsOf)).toEqual([["a"], ["c", "d"], ["b"]]);
  expect(calls.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  expect(granted.map(({ isRepeat }) => isRepeat)).toEqual([false, false, false]);
});

it("leases whose answer was lost come with the next call, whatever that wanted, and are as old as that call", async () => {
  const { memory, claimant } = setUp(0, 1);
  await memory.request([aRequest("a"), later("b"), later("c")]);
  await expect(claimant.claim({ count: 1 })).rejects.toThrow("lost");
  await expect(claimant.claim({ count: 2, following: [["b", "c"]] })).rejects.toThrow("lost");
  const before = performance.now();
  const granted = await claimant.claim({ count: 2, following: [["b", "c"]] });
  const after = performance.now();
  expect(idsOf(granted)).toEqual(["a"]);
  expect(granted.isRepeat).toBe(true);
  expect(granted.claimedAt).toBeGreaterThanOrEqual(before);
  expect(granted.claimedAt).toBeLessThanOrEqual(after);
  expect(idsOf(await claimant.claim({ count: 2, following: [["b", "c"]] }))).toEqual(["b", "c"]);
});
