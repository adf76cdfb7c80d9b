import { setTimeout as sleep } from "node:timers/promises";
import { FaultError } from "../fault.ts";
import { untilAborted } from "../until-aborted.ts";
import { isFaltering, storageFault } from "./storage-fault.ts";

/** Before each further try. */
const PAUSES_MS = [50, 250, 1000] as const;
/** An NFS mount that has lost its server does not answer at all; one that stands still for a while does later. */
const PATIENCE_MS = 30_000;

export interface StorageCallOptions<T> {
  readonly signal?: AbortSignal | undefined;
  /** Called before a further try: what was known of the folder may be what was wrong. */
  readonly onFaltering?: (error: unknown) => void;
  /** Called with the fault that is thrown, if there is one. */
  readonly onFault?: (fault: FaultError) => void;
  /** Called with an answer that comes when nobody waits for it any more. */
  readonly onLate?: (answer: T) => void;
  readonly patienceMs?: number;
}

/**
 * Calls storage, again where a disk or an NFS server falters, and never waits without an end. Only for what may
 * be repeated. A call that is given up goes on by itself: nothing can end it.
 * @throws FaultError with what the file system refused; the signal's reason once it fires.
 */
export async function callStorage<T>(
  call: () => Promise<T>,
  options: StorageCallOptions<T> = {},
): Promise<T> {
  const { signal, onLate, patienceMs = PATIENCE_MS } = options;
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(new StorageSilentError(patienceMs)), patienceMs);
  const ended = signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal;
  const answer = repeat(call, ended, options);
  try {
    return await untilAborted(answer, ended);
  } catch (error) {
    if (onLate) answer.then(onLate, () => {});
    const fault = error instanceof StorageSilentError ? silence(error) : storageFault(error);
    if (fault instanceof FaultError) options.onFault?.(fault);
    throw fault;
  } finally {
    clearTimeout(timer);
  }
}

async function repeat<T>(
  call: () => Promise<T>,
  ended: AbortSignal,
  { onFaltering }: StorageCallOptions<T>,
): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!isFaltering(error)) throw error;
      onFaltering?.(error);
      await sleep(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: ended });
    }
  }
  return call();
}

class StorageSilentError extends Error {
  override readonly name = "StorageSilentError";

  constructor(patienceMs: number) {
    super(`no answer within ${patienceMs} ms`);
  }
}

function silence(cause: StorageSilentError): FaultError {
  const detail = "Storage did not answer in time: see whether its disk, or the server it lies on, does.";
  return new FaultError("storage-timeout", detail, { cause });
}
