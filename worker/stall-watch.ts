import { type Activity, readActivity } from "./process-activity.ts";

const LOOKS = 10;

/**
 * Calls back once a process and those below it have neither computed nor read anything for `stallMs`: what
 * a file on a disk that doesn't answer looks like, where a slow encode on a busy machine always does
 * something. Looks are counted rather than time, so that a machine that was suspended is not held against it.
 */
export function watchForStall(pid: number, stallMs: number, onStall: () => void): { dispose(): void } {
  let last: Activity | undefined;
  let idleLooks = 0;
  const timer = setInterval(() => {
    const now = readActivity(pid);
    idleLooks = isIdle(last, now) ? idleLooks + 1 : 0;
    last = now;
    if (idleLooks === LOOKS) onStall();
  }, stallMs / LOOKS);
  return { dispose: () => clearInterval(timer) };
}

/** What can't be seen is not called idle: the time-out is there for it. */
export function isIdle(before: Activity | undefined, now: Activity | undefined): boolean {
  if (!before || !now || now.isRunnable) return false;
  return before.cpuTicks === now.cpuTicks && before.bytesRead === now.bytesRead;
}
