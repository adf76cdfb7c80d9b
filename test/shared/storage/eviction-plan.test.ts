import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isLive,
  planEviction,
  type SizedTitle,
  type StorageLimits,
} from "../../../shared/storage/eviction-plan.ts";

const NOW = 1e12;
const MINUTE = 60_000;

const titles = fc.uniqueArray(
  fc.record({
    key: fc.string({ minLength: 4, maxLength: 4 }),
    // Clocks of several machines: some are ahead.
    usedAtMs: fc.integer({ min: NOW - 60 * MINUTE, max: NOW + MINUTE }),
    bytes: fc.integer({ min: 0, max: 1000 }),
  }),
  { selector: ({ key }) => key, maxLength: 20 },
);
const limits: fc.Arbitrary<StorageLimits> = fc.record(
  { maxBytes: fc.integer({ min: 1, max: 10_000 }), minFreeBytes: fc.integer({ min: 0, max: 5000 }) },
  { requiredKeys: ["minFreeBytes"] },
);
const freeBytes = fc.integer({ min: 0, max: 6000 });

const total = (some: readonly SizedTitle[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);
const isOver = (some: readonly SizedTitle[], free: number, { maxBytes, minFreeBytes }: StorageLimits) =>
  total(some) > (maxBytes ?? Number.POSITIVE_INFINITY) || free < minFreeBytes;

describe("an eviction plan", () => {
  const holds = (
    check: (
      all: readonly SizedTitle[],
      plan: ReturnType<typeof planEviction>,
      bounds: StorageLimits,
      free: number,
    ) => void,
  ) =>
    fc.assert(
      fc.property(titles, limits, freeBytes, (all, bounds, free) =>
        check(all, planEviction(all, bounds, free, NOW), bounds, free),
      ),
      { numRuns: 2000 },
    );

  it("never has a title that was used in the last ten minutes", () => {
    holds((_, { evict }) => {
      for (const title of evict) {
        expect(isLive(title, NOW)).toBe(false);
        expect(NOW - title.usedAtMs).toBeGreaterThanOrEqual(10 * MINUTE);
      }
    });
  });

  it("is empty exactly while the limits are kept, or where all titles are in use", () => {
    holds((all, { evict }, bounds, free) => {
      const isIdle = all.some((title) => !isLive(title, NOW));
      expect(evict.length > 0).toBe(isOver(all, free, bounds) && isIdle);
    });
  });

  it("brings storage within its limits, or takes all that is idle and says what is missing", () => {
    holds((all, { evict, missingBytes }, bounds, free) => {
      const left = all.filter((title) => !evict.includes(title));
      if (missingBytes > 0) expect(left.every((title) => isLive(title, NOW))).toBe(true);
      else expect(isOver(left, free + total(evict), bounds)).toBe(false);
    });
  });

  it("leaves enough room that it need not be done again at once", () => {
    holds((all, { evict, missingBytes }, bounds, free) => {
      if (evict.length === 0 || missingBytes > 0) return;
      const left = all.filter((title) => !evict.includes(title));
      const { maxBytes = Number.POSITIVE_INFINITY, minFreeBytes } = bounds;
      if (total(all) > maxBytes) expect(total(left)).toBeLessThanOrEqual(maxBytes * 0.9);
      if (free < minFreeBytes) expect(free + total(evict)).toBeGreaterThanOrEqual(minFreeBytes * 1.25);
      expect(planEviction(left, bounds, free + total(evict), NOW).evict).toEqual([]);
    });
  });

  it("takes the least recently used first, and no more than is needed", () => {
    holds((all, { evict, missingBytes }, bounds, free) => {
      const order = all.filter((title) => !isLive(title, NOW)).map(({ usedAtMs }) => usedAtMs);
      order.sort((a, b) => a - b);
      expect(evict.map(({ usedAtMs }) => usedAtMs)).toEqual(order.slice(0, evict.length));
      if (evict.length === 0 || missingBytes > 0) return;
      // Without the last one it would not have been enough.
      const fewer = total(evict.slice(0, -1));
      const { maxBytes = Number.POSITIVE_INFINITY, minFreeBytes } = bounds;
      const isEnough =
        (total(all) <= maxBytes || total(all) - fewer <= maxBytes * 0.9) &&
        (free >= minFreeBytes || free + fewer >= minFreeBytes * 1.25);
      expect(isEnough).toBe(false);
    });
  });

  it("is the same on every node, in whatever order titles are listed", () => {
    holds((all, plan, bounds, free) => {
      expect(planEviction(all.toReversed(), bounds, free, NOW)).toEqual(plan);
    });
  });
});
