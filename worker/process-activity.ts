import { readFileSync } from "node:fs";

/** What a process and those below it have done since they began. */
export interface Activity {
  /** CPU time in the kernel's ticks, 10 ms each as a rule. */
  readonly cpuTicks: number;
  readonly bytesRead: number;
  /** One of them has work to do and waits for a processor, or has it. */
  readonly isRunnable: boolean;
}

/**
 * Undefined where the system doesn't tell (only Linux does), or the process is gone. Synchronous on purpose:
 * this takes microseconds, where a file system that hangs may have taken all threads that read files.
 */
export function readActivity(pid: number): Activity | undefined {
  try {
    return sum(activities(pid));
  } catch {
    return undefined;
  }
}

function activities(pid: number): Activity[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the program's name in brackets, which may hold anything.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const io = /^rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, "latin1"));
  const own = {
    cpuTicks: Number(fields[10]) + Number(fields[11]),
    bytesRead: Number(io![1]),
    isRunnable: state === "R",
  };
  return [own, ...childrenOf(pid).flatMap(activities)];
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
  return children.split(" ").filter(Boolean).map(Number);
}

function sum(all: readonly Activity[]): Activity {
  return {
    cpuTicks: all.reduce((total, { cpuTicks }) => total + cpuTicks, 0),
    bytesRead: all.reduce((total, { bytesRead }) => total + bytesRead, 0),
    isRunnable: all.some(({ isRunnable }) => isRunnable),
  };
}
