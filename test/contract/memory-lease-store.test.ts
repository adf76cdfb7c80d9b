import { expect, it } from "vitest";
import type { Announcement } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { leaseStoreContract } from "./lease-store/contract.ts";
import { aRequest, type LeaseStoreUnderTest } from "./lease-store/trial.ts";
import { playHistories } from "./lease-store.histories.ts";

const START = 1_700_000_000_000;

async function create(): Promise<LeaseStoreUnderTest> {
  let now = START;
  return {
    store: new MemoryLeaseStore(() => now),
    clockStandsStill: true,
    isOneQueue: true,
    advance(ms) {
      now += ms;
    },
    close() {},
  };
}

/** No mishap can befall it that does not end its process as well. */
async function createForHistory() {
  const clock = { now: START };
  const store = new MemoryLeaseStore(() => clock.now);
  const listen = async (listener: (announcement: Announcement) => void) => store.subscribe(listener);
  return { store, clock, listen, suffer: async () => false, keptKeys: async () => [], close: async () => {} };
}

leaseStoreContract("the memory store", create);

it("the memory store loses no job and lets no stale token through in random histories", async () => {
  const tally = await playHistories(createForHistory, {
    numRuns: 3000,
    seed: 20_261_122,
    lanes: 1,
    shrink: true,
  });
  console.log(`memory store: ${tally}`);
});

it("the memory store gives out no token twice over a restart", async () => {
  let now = START;
  const tokens: number[] = [];
  for (let start = 0; start < 3; start++) {
    const store = new MemoryLeaseStore(() => now);
    await store.request([aRequest("a")]);
    const [lease] = await store.claim({ worker: "w", sequence: 1, leaseMs: 1000, count: 1 });
    tokens.push(lease!.token);
    now += 1000;
  }
  expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  expect(new Set(tokens).size).toBe(3);
});
