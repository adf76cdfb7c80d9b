import type { TelemetryEvent } from "../../shared/telemetry.ts";

type EventOf<Kind extends TelemetryEvent["kind"]> = Extract<TelemetryEvent, { readonly kind: Kind }>;

/** What each kind of event does to the series; none may be forgotten. */
export type Handlers<Kind extends TelemetryEvent["kind"] = TelemetryEvent["kind"]> = {
  readonly [Each in Kind]: (event: EventOf<Each>) => void;
};
