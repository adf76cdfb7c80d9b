import { pino } from "pino";
import type { Config } from "../shared/config.ts";
import { secretHider } from "../shared/hide-secrets.ts";
import type { Log } from "../shared/log.ts";

/** One JSON line an event, on standard error: standard output is for what was asked. */
export function createLog(config: Config): Log {
  const hide = secretHider(config);
  const destination = pino.destination({ fd: 2, sync: true });
  return pino(
    { level: config.LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => destination.write(hide(line)) },
  );
}
