import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold } from "../../shared/lease/lease-store.ts";
import { MemoryLeaseStore } from "../../shared/lease/memory-lease-store.ts";
import { silentLog } from "../../shared/log.ts";
import { LeaseCancelledError, LeaseKeeper, LeaseLostError } from "../../worker/lease-keeper.ts";

const LEASE_MS = 3000;

// Time is the subject here, so it is moved by hand: the keeper's timers, its clock and the store's alike.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function setUp(renewMs: number) {
  const store = new MemoryLeaseStore(() => performance.now());
  const keeper = new LeaseKeeper(store, { leaseMs: LEASE_MS, renewMs, log: silentLog });
  let sequence = 0;
  const claim = async () => {
    sequence += 1;
    const [lease] = await store.claim({ worker: "w", sequence, leaseMs: LEASE_MS, count: 1 });
    return lease!;
  };
  const request = { id: "a", payload: "", dueInMs: 0, lapseInMs: 600_000, maxAttempts: 9 };
  await store.request([request]);
  return { store, keeper, claim };
}

/** Whether the store would still let this worker commit and nobody else claim. */
const isKept = async (store: MemoryLeaseStore, hold: Hold) => {
  const [lease] = await store.claim({ worker: "thief", sequence: Math.random(), leaseMs: 1, count: 1 });
  return lease === undefined && (await store.renew([hold], LEASE_MS))[0] === "renewed";
};

describe("a kept lease", () => {
  it.each([100, 1000, 1500])("is held for minutes by renewing every %i ms", async (renewMs) => {
    const { store, keeper, claim } = await setUp(renewMs);
    const lease = await claim();
    const signal = keeper.keep(lease, performance.now() - 20);
    await vi.advanceTimersByTimeAsync(180_000);
    expect(signal.aborted).toBe(false);
    expect(await isKept(store, lease)).toBe(true);
    keeper.drop(lease);
  });

  it("survives one renewal that fails", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const lease = await claim();
    const signal = keeper.keep(lease, performance.now() - 20);
    await vi.advanceTimersByTimeAsync(2500);
    vi.spyOn(store, "renew").mockRejectedValueOnce(new Error("the network blinked"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(signal.aborted).toBe(false);
    keeper.drop(lease);
  });

  it("survives one renewal that is never answered", async () => {
    // The signal that ends the call runs on the real clock, so all of this test does.
    vi.useRealTimers();
    const store = new MemoryLeaseStore(() => performance.now());
    const keeper = new LeaseKeeper(store, { leaseMs: 3000, renewMs: 1000, log: silentLog });
    await store.request([{ id: "a", payload: "", dueInMs: 0, lapseInMs: 600_000, maxAttempts: 9 }]);
    const claimedAt = performance.now();
    const [lease] = await store.claim({ worker: "w", sequence: 1, leaseMs: 3000, count: 1 });
    const signal = keeper.keep(lease!, claimedAt);
    const renewals = vi.spyOn(store, "renew").mockImplementationOnce(
      (_holds: readonly Hold[], _leaseMs: number, abort?: AbortSignal) =>
        new Promise((_, reject) => {
          abort?.addEventListener("abort", () => reject(abort.reason as Error), { once: true });
        }),
    );
    await vi.waitFor(() => expect(renewals.mock.calls.length).toBeGreaterThanOrEqual(3), 30_000);
    expect(signal.aborted).toBe(false);
    keeper.drop(lease!);
  });

  it("is given up before the store can give it to another", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const lease = await claim();
    const signal = keeper.keep(lease, performance.now());
    vi.spyOn(store, "renew").mockRejectedValue(new Error("the store is away"));
    await vi.advanceTimersByTimeAsync(LEASE_MS - 1);
    expect(signal.reason).toBeInstanceOf(LeaseLostError);
    keeper.drop(lease);
  });

  it("is trusted from when the claim was sent, not from when it was answered", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const sentAt = performance.now();
    const lease = await claim();
    await vi.advanceTimersByTimeAsync(2500);
    const signal = keeper.keep(lease, sentAt);
    vi.spyOn(store, "renew").mockRejectedValue(new Error("the store is away"));
    await vi.advanceTimersByTimeAsync(499);
    expect(signal.aborted).toBe(true);
    keeper.drop(lease);
  });

  it("that went to another worker is lost at the next renewal", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const lease = await claim();
    const signal = keeper.keep(lease, performance.now());
    await store.release([lease]);
    await store.claim({ worker: "v", sequence: 1, leaseMs: LEASE_MS, count: 1 });
    await vi.advanceTimersByTimeAsync(1001);
    expect(signal.reason).toBeInstanceOf(LeaseLostError);
    keeper.drop(lease);
  });

  it("that nobody waits for is cancelled, by announcement or at the next renewal", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const lease = await claim();
    const signal = keeper.keep(lease, performance.now());
    await store.cancel(["a"]);
    await vi.advanceTimersByTimeAsync(1001);
    expect(signal.reason).toBeInstanceOf(LeaseCancelledError);
    keeper.drop(lease);
    const again = keeper.keep({ id: "b", token: 1 }, performance.now());
    keeper.cancel("b");
    keeper.cancel("unknown");
    expect(again.reason).toBeInstanceOf(LeaseCancelledError);
    keeper.drop({ id: "b", token: 1 });
  });

  it("whose job has ended elsewhere is lost, at once when it is told; a later one of the same job is not", async () => {
    const { keeper } = await setUp(1000);
    const signal = keeper.keep({ id: "a", token: 2 }, performance.now());
    keeper.outrun({ id: "a", token: 1 });
    keeper.outrun({ id: "unknown", token: 2 });
    expect(signal.aborted).toBe(false);
    keeper.outrun({ id: "a", token: 2 });
    expect(signal.reason).toBeInstanceOf(LeaseLostError);
    keeper.drop({ id: "a", token: 2 });
  });

  it("is not dropped with an earlier lease of the same job", async () => {
    const { store, keeper, claim } = await setUp(1000);
    const first = await claim();
    const earlier = keeper.keep(first, performance.now());
    await store.release([first]);
    const second = await claim();
    const signal = keeper.keep(second, performance.now());
    expect(earlier.reason).toBeInstanceOf(LeaseLostError);
    expect(keeper.drop(first)).toBe(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(signal.aborted).toBe(false);
    expect(await isKept(store, second)).toBe(true);
    expect(keeper.drop(second)).toBe(true);
    // Nor does the earlier one keep a process that wants to end.
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fires with the given reason when the worker stops, whichever lease it is", async () => {
    const { keeper, claim } = await setUp(1000);
    const lease = await claim();
    const signals = [
      keeper.keep(lease, performance.now()),
      keeper.keep({ id: "b", token: 1 }, performance.now()),
    ];
    keeper.abortAll(new Error("the worker stops"));
    for (const { reason } of signals) expect(reason).toMatchObject({ message: "the worker stops" });
    keeper.drop(lease);
    keeper.drop({ id: "b", token: 1 });
  });

  it("leaves no timer behind once all are dropped", async () => {
    const { keeper, claim } = await setUp(1000);
    const lease = await claim();
    keeper.keep(lease, performance.now());
    keeper.keep({ id: "b", token: 1 }, performance.now());
    keeper.drop(lease);
    keeper.drop({ id: "b", token: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });
});
