import type { RunOptions } from "./run-program.ts";

/**
 * Run options for several programs, one after the other: each may take `eachMs`, all of them together
 * `totalMs` from now on. A source can make each of many looks at it slow without making one too slow.
 */
export function shareTime(signal: AbortSignal, eachMs: number, totalMs: number): RunOptions {
  const deadline = performance.now() + totalMs;
  return {
    signal,
    get timeoutMs() {
      return Math.max(1, Math.min(eachMs, deadline - performance.now()));
    },
  };
}
