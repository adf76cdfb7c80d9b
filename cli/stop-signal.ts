import { once } from "node:events";
import { constants } from "node:os";

/** SIGTERM or SIGINT came. */
export class ToldToStopError extends Error {
  override readonly name = "ToldToStopError";
  readonly signalName: NodeJS.Signals;

  constructor(signalName: NodeJS.Signals) {
    super(`told to stop by ${signalName}`);
    this.signalName = signalName;
  }
}

/** A command that had work under way was stopped; its message says how to go on. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  /** As a shell has it: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, cause: ToldToStopError) {
    super(message, { cause });
    this.exitCode = 128 + constants.signals[cause.signalName];
  }
}

/** A signal that fires at SIGTERM or SIGINT. A second one ends the process at once. */
export function stopOnSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    // Not left to the system: the first process of a container dies of no signal that it doesn't handle.
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort(new ToldToStopError(name));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
    },
  };
}

/** Settles when the signal has fired, be it long ago. */
export async function untilFired(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
