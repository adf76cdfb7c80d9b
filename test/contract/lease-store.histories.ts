import fc from "fast-check";
import { expect } from "vitest";
import type { Announcement, LeaseStore, Unsubscribe } from "../../shared/lease/lease-store.ts";
import { histories, type Mishap, type Step } from "./history-steps.ts";
import { Tally } from "./history-tally.ts";
import { Witness } from "./history-witness.ts";

/** A store under test, the hand on its clock, and the hand that harms it. */
export interface HistorySubject {
  readonly store: LeaseStore;
  /** Milliseconds; moves by this hand alone, so that a lease can be checked to the millisecond. */
  readonly clock: { now: number };
  /** Resolves once nothing is announced unheard. */
  listen(listener: (announcement: Announcement) => void): Promise<Unsubscribe>;
  /** @returns whether that can befall this store, and did. */
  suffer(mishap: Mishap): Promise<boolean>;
  /** What it stores and would never forget by itself, but for a fixed number of counters. */
  keptKeys(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly numRuns: number;
  readonly seed: number;
  /** Histories under way at once. */
  readonly lanes: number;
  /** Looks for the shortest history that fails the same way. */
  readonly shrink: boolean;
}

/**
 * Plays random histories against a store: kills, pauses, duplicate and late calls, a store that is emptied,
 * loses its latest writes or single keys, and whose clock jumps.
 * @throws the first history in which a job was lost, had two holders, or took a stale token.
 */
export async function playHistories(
  create: () => Promise<HistorySubject>,
  { numRuns, seed, lanes, shrink }: RunOptions,
): Promise<Tally> {
  const tally = new Tally();
  let failing: number | undefined;
  const run = async (lane: number) => {
    const property = fc.asyncProperty(histories, async (history) => {
      // One that fails goes on by itself, to find its shortest form.
      if (failing !== undefined && failing !== lane) return;
      await play(history, await create(), tally).catch((error: unknown) => {
        failing ??= lane;
        throw error;
      });
    });
    const perLane = Math.ceil(numRuns / lanes);
    await fc.assert(property, { numRuns: perLane, seed: seed + lane, endOnFailure: !shrink });
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, (_, lane) => run(lane)));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  // The histories are worth something only if work gets done in them.
  expect(tally.commits).toBeGreaterThan(tally.histories / 4);
  return tally;
}

async function play(history: readonly Step[], subject: HistorySubject, tally: Tally): Promise<void> {
  const witness = new Witness(subject, tally);
  const unsubscribe = await subject.listen((announcement) => witness.hear(announcement));
  try {
    for (const step of history) await witness.play(step);
    await witness.finish();
  } finally {
    unsubscribe();
    await subject.close();
  }
}
