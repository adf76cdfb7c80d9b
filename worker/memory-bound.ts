import { readMachineLimits } from "./machine-limits.ts";

/** What the largest pictures take to decode and encode; 720p takes a tenth of it. */
const MOST_BYTES = 4 * 1024 ** 3;
/** What an ordinary encode may take: see `concurrency.ts`. */
const LEAST_BYTES = 768 * 1024 ** 2;
const SHARE = 3 / 4;

let bound: Promise<number> | undefined;

/**
 * How much memory of its own a program may have, bytes: enough for 4320p where the machine has it, and
 * never so much that one source takes it all. Where the bound is reached, an allocation fails in that
 * program, before the kernel has to choose a process to kill.
 */
export function programMemoryBytes(): Promise<number> {
  bound ??= readMachineLimits().then(({ memoryBytes }) => memoryBound(memoryBytes));
  return bound;
}

export function memoryBound(machineBytes: number): number {
  return Math.round(Math.max(LEAST_BYTES, Math.min(MOST_BYTES, SHARE * machineBytes)));
}
