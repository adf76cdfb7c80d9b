import { AsyncLocalStorage } from "node:async_hooks";
import { type Step, silentTelemetry, type Telemetry, type TelemetryEvent } from "../shared/telemetry.ts";

/**
 * Whom this worker tells what happens. It goes along with the work instead of through every list of parameters:
 * programs are started and fragments checked far below, by functions that know nothing of workers.
 */
const scope = new AsyncLocalStorage<Telemetry>();

/** Does work, all of which is told to `telemetry`. */
export function withTelemetry<Result>(telemetry: Telemetry, work: () => Result): Result {
  return scope.run(telemetry, work);
}

export function report(event: TelemetryEvent): void {
  current().report(event);
}

/** Does work as a part of a trace: see `Telemetry`. */
export function follow<Result>(step: Step, work: () => Promise<Result>): Promise<Result> {
  return current().follow(step, work);
}

function current(): Telemetry {
  return scope.getStore() ?? silentTelemetry;
}
