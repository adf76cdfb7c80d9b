import { once } from "node:events";
import { constants } from "node:os";

/** SIGTERM or SIGINT came. */
export class ToldToStopError extends Error {
  override readonly name = "ToldToStopError";
}

/** A signal that fires at SIGTERM or SIGINT. A second one ends the process at once. */
export function stopOnSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    // Not left to the system: the first process of a container dies of no signal that it doesn't handle.
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort(new ToldToStopError(`told to stop by ${name}`));
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
