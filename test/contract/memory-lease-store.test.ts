import { expect, it } from "vitest";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { aRequest, type LeaseStoreUnderTest, leaseStoreContract } from "./lease-store.contract.ts";
import { leaseStoreHistories } from "./lease-store.histories.ts";

const START = 1_700_000_000_000;

async function create(): Promise<LeaseStoreUnderTest> {
  let now = START;
  return {
    store: new MemoryLeaseStore(() => now),
    clockStandsStill: true,
    advance(ms) {
      now += ms;
    },
    close() {},
  };
}

leaseStoreContract("the memory store", create);
leaseStoreHistories("the memory store", create, 3000);

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
