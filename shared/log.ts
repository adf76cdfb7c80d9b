/** Where events go. One call, one line; fields are plain JSON and never secret. */
export interface Log {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** The same log, each line of which has these fields as well. */
export function withFields(log: Log, fields: LogFields): Log {
  return {
    debug: (own, event) => log.debug({ ...fields, ...own }, event),
    info: (own, event) => log.info({ ...fields, ...own }, event),
    warn: (own, event) => log.warn({ ...fields, ...own }, event),
    error: (own, event) => log.error({ ...fields, ...own }, event),
  };
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
