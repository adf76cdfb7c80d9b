import type { Log, LogFields } from "../../shared/log.ts";

export interface Event {
  readonly event: string;
  readonly fields: LogFields;
}

/** A log that keeps what it is told. */
export function eventLog(): Log & { readonly events: readonly Event[] } {
  const events: Event[] = [];
  const note = (fields: LogFields, event: string) => void events.push({ event, fields });
  return { events, debug: note, info: note, warn: note, error: note };
}
